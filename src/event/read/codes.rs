//! What can be wrong with an event file.

crate::codes! {
    /// An event file, a folder or standard input could not be opened or read to its end: it does not
    /// exist, may not be read, or a gzip stream in it is damaged or cut short.
    ///
    /// Whatever was read before the damage has been used. Records may be missing from the result, which
    /// is why the exit code is 3. Fetch the file again; `gzip -t FILE` says whether it is whole.
    pub UNREADABLE = error "event-unreadable": "an event file could not be opened or read to its end";

    /// A piece of an event file is not JSON: it is cut short, has bytes that are not UTF-8 or a control
    /// character in a string, or is nested deeper than 127 levels.
    ///
    /// The position is the byte offset and line in the unpacked stream. The records around it have been
    /// used; this one has not, so a rule may have missed it.
    pub NOT_JSON = error "event-not-json": "a record is not JSON";

    /// One line or record is larger than the limit (64 MB unless configured otherwise). It was skipped
    /// without being kept in memory.
    ///
    /// CloudTrail's own records stay below 256 KB, so this usually is another kind of file. Raise the
    /// limit if the record is meant.
    pub TOO_LARGE = error "event-too-large": "a record exceeds the size limit";

    /// JSON that is neither a CloudTrail record, nor a finding, nor an ECS document, nor a container of
    /// them that trailsmith knows: S3 `Records`, `Findings`, arrays, JSON lines, EventBridge, CloudWatch Logs, `lookup-events`,
    /// Elasticsearch hits, Filebeat and Agent documents.
    ///
    /// It was skipped. A hand-written record is recognised by any of `eventSource`, `eventName`,
    /// `userIdentity`, `eventVersion` and the other top-level fields of CloudTrail; an ECS document by
    /// `event.*`, `aws.cloudtrail.*` or another ECS root.
    pub UNKNOWN = warning "event-not-cloudtrail": "JSON that is not a CloudTrail record was skipped";

    /// It is not known which document Elastic's AWS integration makes of such a record, so `normalize`
    /// left it out: Inspector's and Macie's findings in their own form. Rules on their own keys match
    /// them all the same.
    ///
    /// Through Security Hub the same findings have documents: normalise those.
    pub NO_DOCUMENT = warning "event-without-document": "a record of which no document is known";

    /// Digest files and CloudTrail Insights records lie beside CloudTrail's records but are something
    /// else, and so are findings of a form that is not read. They were recognised and skipped.
    pub SKIPPED = info "event-skipped": "digests, Insights records or findings were skipped";
}
