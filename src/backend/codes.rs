//! What a target cannot say.

crate::codes! {
    /// The rule's query is in a language that trailsmith carries but does not understand, so it cannot be said in
    /// another one. It can only be written in formats that take the query as it stands.
    pub LOSS_OPAQUE = error "loss-opaque": "a query that is not understood cannot be translated";
    /// A field of the rule does not exist in the vocabulary of the target, and nothing there holds the same values. With
    /// `--allow-lossy` the condition is left out in the direction that matches more events.
    ///
    /// `trailsmith list fields NAME` prints a field in every vocabulary. Write the rule on a field that both sides have.
    pub LOSS_FIELD = error "loss-field": "a field that the target does not have";
    /// The target's copy of a field has another form than the field of the rule (an object, a date, a number as text), and this
    /// comparison cannot be said there.
    pub LOSS_FIELD_FORM = error "loss-field-form": "a comparison that the target's form of the field does not have";
    /// Documents of the AWS integration hold no empty texts, no `-` and no `none`: such values are dropped before they are indexed.
    /// A comparison with one of them finds nothing there, although the raw record has it.
    pub LOSS_EMPTY_VALUE = error "loss-empty-value": "a value that indexed documents never hold";
    /// In raw records a field may hold an empty text, `-` or `none`; indexed documents do not have the field then. A test for existence
    /// differs for such events only.
    pub LOSS_EMPTY_EXISTS = info "loss-empty-exists": "existence of a field whose empty values are not indexed";
    /// Splunk's extraction of JSON shows `null` as the text `null`, so that a comparison with that text meets keys without a value, too.
    pub LOSS_NULL_TEXT = info "loss-null-text": "a text that also stands for no value";
    /// The rule ignores the case of letters here, and the target has no such comparison. With `--allow-lossy` the condition is widened.
    pub LOSS_CASE = error "loss-case": "the target cannot ignore the case of letters here";
    /// The target has no such pattern: none at all on this field, or not with these signs. Keys of a `flattened` field know
    /// beginnings only: Elasticsearch refuses wildcards there, or forgets the key and searches the whole object (measured on 8.19).
    ///
    /// With `--allow-lossy` a wider pattern, or the mere existence of the field, takes its place.
    pub LOSS_PATTERN = error "loss-pattern": "a pattern that the target does not have";
    /// `?` stands for exactly one character. The target has a sign for any number of characters only.
    pub LOSS_ONE_CHARACTER = error "loss-one-character": "the target has no sign for one character";
    /// A range over texts that the target cannot say. Elasticsearch refuses ranges with a single end on keys of a `flattened` field, and
    /// two separate ends may be met by two different values of a list.
    pub LOSS_TEXT_RANGE = error "loss-text-range": "a range over texts that the target cannot say";
    /// The field's values are texts in the target, and texts are not ordered like numbers: `"10"` comes before `"9"`. Equality with a whole
    /// number, and `> 0` on counts, have an exact form; other bounds have none.
    pub LOSS_NUMBER_ORDER = error "loss-number-order": "an order of numbers on a field that holds texts";
    /// The target has no comparison of dates here.
    pub LOSS_DATE = error "loss-date": "a comparison of dates that the target does not have";
    /// The target has no networks or ranges of addresses here.
    pub LOSS_ADDRESS = error "loss-address": "a comparison of addresses that the target does not have";
    /// A search for words is about analysed text, and the target has no such field or search.
    pub LOSS_WORDS = error "loss-words": "a search for words that the target does not have";
    /// The rule searches every field of the event; the target cannot.
    pub LOSS_FREE_TEXT = error "loss-free-text": "free text that the target does not have";
    /// Conditions that one element of a list of objects has to satisfy together. The target forgets which values belong together.
    pub LOSS_NESTED = error "loss-nested": "conditions on one element of a list";
    /// The target has no condition that is always or never true.
    pub LOSS_CONSTANT = error "loss-constant": "a condition that is always or never true";
    /// Threat Stack's filter language has this form only in trailsmith's reading of it: it was never seen in the product, which may refuse
    /// it.
    pub LOSS_EXTENSION = error "loss-extension": "a form that the product may refuse";
    /// What can be said of the rule's condition in the target says nothing any more: the artefact would match every event.
    pub LOSS_EVERYTHING = error "loss-everything": "nothing of the condition is left";
    /// A query has more conditions than Elasticsearch promises to take (1,024 clauses; newer versions derive a higher limit from the size of
    /// their memory).
    pub LOSS_CLAUSES = info "loss-clauses": "more clauses than every cluster takes";

    /// The target has no counts of events. With `--allow-lossy` the artefact is the condition on single events: an alert an event.
    pub LOSS_THRESHOLD = error "loss-threshold": "a threshold that the target does not have";
    /// The stretch of time over which the rule counts is not the one over which the target counts. The artefact counts over the range that it
    /// is run on.
    pub LOSS_WINDOW = error "loss-window": "a window that the target does not have";
    /// The target has no memory of earlier values. With `--allow-lossy` the artefact is the condition on single events: known values alert too.
    pub LOSS_NEW_TERMS = error "loss-new-terms": "values never seen before: the target does not know the past";
    /// The target does not fold alerts. It gives one alert an event where the rule gives one in a while.
    pub LOSS_SUPPRESSION = error "loss-suppression": "folding of alerts that the target does not have";
    /// A bare query says which events match, not how their alerts are folded. Whoever runs the query decides.
    pub LOSS_ALERTS = info "loss-alerts": "how alerts are folded is no part of a query";
    /// The rule refers to an exception list that is kept outside its file. The artefact does not know its entries and matches their events too.
    pub LOSS_EXCEPTION_LIST = error "loss-exception-list": "an exception list kept elsewhere";
    /// The rule has a key that the target's format has no place for. With `--allow-lossy` it is left out.
    pub LOSS_METADATA = error "loss-metadata": "a key that the target has no place for";
    /// The rule is a hunt: somebody runs it when there is a question to answer, and its hits alert nobody. The target's rules
    /// alert, so the artefact is switched off (`enabled: false`); its query can be run by hand there.
    ///
    /// Write `purpose: alerting`, or leave the key out, for a rule whose hits a person should be told of.
    pub LOSS_HUNT = info "loss-hunt": "a hunt becomes a rule that is switched off";
    /// The value of a key is outside what the target takes.
    pub LOSS_METADATA_VALUE = error "loss-metadata-value": "a value that the target does not take";
    /// Index patterns of Elasticsearch say nothing in Splunk. `--splunk-index` and `--splunk-macro` say where the events are.
    pub LOSS_INDEX = info "loss-index": "index patterns that the target does not know";
    /// The target's own tools write this key in another form: line breaks of a wrapped text become spaces, a section of the note becomes a key
    /// of its own, tactics become tags. Nothing is missing, but a rule that is read back differs there.
    pub LOSS_REWRITTEN = info "loss-rewritten": "a key that the target's tools write in another form";
    /// A key that the target asks for is not in the rule; the artefact gets a usual value for it.
    pub LOSS_FILLED = info "loss-filled": "a key that the target asks for and the rule does not have";
    /// Kibana refuses rules with this value when they are imported: too many fields, an empty name, a version below 1, more than 10 MB.
    /// With `--allow-lossy` the value is written all the same.
    pub LOSS_LIMIT = error "loss-limit": "a value that Kibana refuses";
    /// The rule is written for another kind of events than the target reads.
    pub LOSS_INPUT = error "loss-input": "events that the target does not read";
    /// EventBridge asks each field once: a pattern has one list of alternatives for a field, and events must
    /// meet one of them. Two conditions that a value has to meet together have no form, unless they are bounds
    /// of one range. With `--allow-lossy` the second condition is left out.
    pub LOSS_ONE_FIELD = error "loss-one-field": "two conditions on one field";
    /// `anything-but` of EventBridge is true if any value of a list is another one. The rule means that no value
    /// is, so the two agree only where a field never holds a list. With `--allow-lossy` the condition is left out.
    pub LOSS_ANYTHING_BUT = error "loss-anything-but": "a negation on a field that may hold a list";
    /// A pattern with alternatives is spelled out, condition by condition, and EventBridge limits how many
    /// combinations one pattern may have. With `--allow-lossy` the conditions that make them are left out.
    pub LOSS_COMBINATIONS = error "loss-combinations": "too many alternatives for one pattern";
    /// EventBridge hands read-only management events (`Get…`, `List…`, `Describe…`) only to rules in the state
    /// `ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS`, and data events only where a trail logs them.
    pub LOSS_DELIVERY = info "loss-delivery": "events that are delivered only where that is switched on";
    /// The stack that was asked for does not have the target's language: OpenSearch runs neither ES|QL nor EQL, and has no
    /// `flattened` fields.
    pub LOSS_STACK = error "loss-stack": "a language that the stack does not have";
    /// The target counts distinct values approximately above a few thousand. A threshold in that range may be missed or met too early.
    pub LOSS_APPROXIMATE = error "loss-approximate": "an approximate count of distinct values";
    /// The query uses a function that is a preview in the version that was asked for. Elastic may change it.
    pub LOSS_PREVIEW = info "loss-preview": "a function that is a preview";
}
