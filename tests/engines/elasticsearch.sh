#!/usr/bin/env bash
# Elasticsearch 8.19 with Query DSL, the `kql` query and ES|QL, put together from published artifacts:
# the server build for integration tests, and the plugins. Not published, and so not there:
# percolator, EQL, Painless, the types `wildcard` and `constant_keyword`.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=8.19.21
# The release of the H3 library that this version was built with.
h3=8.19.4

install() {
  local dir=$1 tmp=$1.tmp
  ready "$dir" "$version" && return
  need mvn unzip
  rm -rf "$dir" "$tmp"; mkdir -p "$tmp"
  artifact "org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip" "$tmp"
  (cd "$tmp" && unzip -q "elasticsearch-$version.zip")
  local node=$tmp/elasticsearch-$version
  # Libraries that the server or x-pack-core load already must not be there twice.
  cat > "$tmp/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>esql</artifactId><version>1</version><dependencies>
<dependency><groupId>org.elasticsearch.plugin</groupId><artifactId>x-pack-esql</artifactId><version>$version</version>
<exclusions><exclusion><groupId>org.elasticsearch</groupId><artifactId>elasticsearch-h3</artifactId></exclusion></exclusions></dependency>
<dependency><groupId>org.elasticsearch</groupId><artifactId>elasticsearch-h3</artifactId><version>$h3</version></dependency>
<dependency><groupId>org.elasticsearch.plugin</groupId><artifactId>x-pack-esql-core</artifactId><version>$version</version></dependency>
</dependencies></project>
POM
  (cd "$tmp" && dependencies)
  local lib=$tmp/lib modules=$node/modules
  descriptor() { unzip -p "$lib/$1-$version.jar" "META-INF/es-plugins/$1/plugin-descriptor.properties"; }
  mkdir -p "$modules"/{x-pack-kql,x-pack-esql-core,x-pack-esql}
  cp "$lib"/{x-pack-kql-$version,antlr4-runtime-*}.jar "$modules/x-pack-kql/"
  descriptor x-pack-kql > "$modules/x-pack-kql/plugin-descriptor.properties"
  cp "$lib"/{x-pack-esql-core-$version,x-pack-mapper-version-$version,antlr4-runtime-*}.jar "$modules/x-pack-esql-core/"
  descriptor x-pack-esql-core > "$modules/x-pack-esql-core/plugin-descriptor.properties"
  cp "$lib"/{x-pack-esql-$version,x-pack-kql-$version,x-pack-esql-compute*,arrow*,elasticsearch-dissect*,elasticsearch-h3*,flatbuffers*,checker*,jackson-*,lucene-spatial3d*,slf4j-nop*}.jar "$modules/x-pack-esql/"
  descriptor x-pack-esql | sed 's/^extended.plugins=.*/extended.plugins=x-pack-esql-core/' \
    > "$modules/x-pack-esql/plugin-descriptor.properties"
  printf '%s\n' 'discovery.type: single-node' 'network.host: 127.0.0.1' 'xpack.security.enabled: false' \
    'cluster.routing.allocation.disk.threshold_enabled: false' \
    'transport.port: 0' >> "$node/config/elasticsearch.yml"
  echo "$version" > "$node/ready"
  mv "$node" "$dir"
  rm -rf "$tmp"
}

run() {
  local dir=$1 run=$2 port=$3 as=()
  mkdir -p "$run"/{data,logs,tmp}
  cp -r "$dir/config" "$run/config"
  if [ "$(id -u)" = 0 ]; then
    # Elasticsearch refuses to run as root.
    need setpriv
    chown -R 65534:65534 "$run"
    as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    # Another user may be unable to pass the folders above.
    "${as[@]}" test -r "$dir/ready" -a -w "$run" ||
      as+=(--inh-caps=+dac_override --ambient-caps=+dac_override)
  fi
  export ES_JAVA_HOME ES_PATH_CONF=$run/config ES_TMPDIR=$run/tmp ES_JAVA_OPTS="-Xms1g -Xmx1g" HOME=$run
  ES_JAVA_HOME=$(java_home 17 23)
  serve "$run" "${as[@]}" "$dir/bin/elasticsearch" -Ehttp.port="$port" -Epath.data="$run/data" -Epath.logs="$run/logs"
}

"$@"
