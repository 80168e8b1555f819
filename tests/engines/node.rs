//! A running engine: started by its script on a free port of the loopback interface, asked over HTTP,
//! and gone with this program, however that ends.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value as Json;

/// The longest that an engine may take to answer for the first time.
const START: Duration = Duration::from_secs(180);

/// Downloads and logs of the engines: `target/engines`.
pub fn home() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("`target`").join("engines")
}

/// A command of an engine's script.
fn script(engine: &str) -> Command {
    let mut command = Command::new("bash");
    command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/engines/{engine}.sh")));
    command
}

/// Downloads an engine unless it is there; its folder.
pub fn install(engine: &str) -> Result<PathBuf, String> {
    let folder = home().join(engine);
    fs::create_dir_all(home()).map_err(|error| error.to_string())?;
    let made = script(engine).arg("install").arg(&folder).stdin(Stdio::null()).output();
    match made {
        Ok(output) if output.status.success() => Ok(folder),
        Ok(output) => Err(format!("cannot install {engine}: {}", String::from_utf8_lossy(&output.stderr))),
        Err(error) => Err(format!("cannot install {engine}: bash: {error}")),
    }
}

/// An engine that answers.
pub struct Node {
    url: String,
    agent: ureq::Agent,
    process: Child,
}

impl Node {
    /// Installs and starts an engine and waits until it answers.
    pub fn start(engine: &str) -> Result<Node, String> {
        let folder = install(engine)?;
        let port = free_port().map_err(|error| error.to_string())?;
        let log = home().join(format!("{engine}.log"));
        let out = File::create(&log).map_err(|error| error.to_string())?;
        let process = script(engine)
            .arg("run")
            .arg(folder)
            .arg(home().join(format!("{engine}-{}", std::process::id())))
            .arg(port.to_string())
            // Its end tells the script to stop the engine.
            .stdin(Stdio::piped())
            .stdout(out.try_clone().map_err(|error| error.to_string())?)
            .stderr(out)
            .spawn()
            .map_err(|error| format!("bash: {error}"))?;
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .proxy(None)
            .timeout_global(Some(Duration::from_secs(120)));
        let agent = config.build().into();
        let mut node = Node { url: format!("http://127.0.0.1:{port}"), agent, process };
        node.wait().map_err(|reason| {
            let log = fs::read_to_string(&log).unwrap_or_default();
            let lines: Vec<&str> = log.lines().collect();
            format!("{engine}: {reason}\n{}", lines[lines.len().saturating_sub(20)..].join("\n"))
        })?;
        Ok(node)
    }

    fn wait(&mut self) -> Result<(), String> {
        let begin = Instant::now();
        while begin.elapsed() < START {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("ended before it answered, with {status}"));
            }
            let health = self.try_ask("GET", "/_cluster/health?wait_for_status=yellow&timeout=1s", "");
            if let Ok((200, _)) = health {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(500));
        }
        Err(format!("did not answer within {START:?}"))
    }

    fn try_ask(&self, method: &str, path: &str, body: &str) -> Result<(u16, Json), String> {
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.url))
            .header(
                "content-type",
                if path.ends_with("_bulk") { "application/x-ndjson" } else { "application/json" },
            )
            .body(body.to_owned())
            .map_err(|error| error.to_string())?;
        let mut response = self.agent.run(request).map_err(|error| error.to_string())?;
        let text = response.body_mut().with_config().limit(1 << 30).read_to_string();
        let text = text.map_err(|error| error.to_string())?;
        let json = serde_json::from_str(&text).unwrap_or(Json::String(text));
        Ok((response.status().as_u16(), json))
    }

    /// Sends a request; the answer, or what the engine said against it.
    pub fn ask(&self, method: &str, path: &str, body: &Json) -> Result<Json, String> {
        self.send(method, path, &if body.is_null() { String::new() } else { body.to_string() })
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Result<Json, String> {
        let (status, answer) =
            self.try_ask(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"));
        match status {
            200..300 => Ok(answer),
            _ => Err(format!("{status} {}", reason(&answer))),
        }
    }

    /// Makes an index and fills it; the documents are named by their position.
    pub fn index(&self, name: &str, body: &Json, documents: &[(String, String)]) {
        self.ask("PUT", &format!("/{name}"), body).unwrap_or_else(|error| panic!("{name}: {error}"));
        // Some megabytes a request.
        for part in documents.chunks(500) {
            let mut lines = String::new();
            for (id, document) in part {
                lines.push_str(&serde_json::json!({ "index": { "_id": id } }).to_string());
                lines.push('\n');
                lines.push_str(document);
                lines.push('\n');
            }
            let answer = self.send("POST", &format!("/{name}/_bulk"), &lines).expect("a bulk request");
            let items = answer["items"].as_array().expect("items");
            let failed: Vec<String> =
                items.iter().filter(|item| !item["index"]["error"].is_null()).map(Json::to_string).collect();
            assert!(failed.is_empty(), "{name} refuses {} documents: {}", failed.len(), failed[0]);
            assert_eq!(items.len(), part.len());
        }
        self.ask("POST", &format!("/{name}/_refresh"), &Json::Null).expect("a refresh");
    }

    /// The ids of the documents that a query finds, in order.
    pub fn search(&self, index: &str, query: &Json) -> Result<Vec<String>, String> {
        let body =
            serde_json::json!({ "size": 10_000, "track_total_hits": true, "_source": false, "query": query });
        let answer = self.ask("POST", &format!("/{index}/_search"), &body)?;
        let hits = answer["hits"]["hits"].as_array().expect("hits");
        assert_eq!(answer["hits"]["total"]["relation"], "eq");
        assert_eq!(answer["hits"]["total"]["value"], hits.len());
        assert_eq!(answer["_shards"]["failed"], 0, "{answer}");
        let mut ids: Vec<String> = hits.iter().map(|hit| hit["_id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        Ok(ids)
    }
}

/// The innermost reason of an error.
fn reason(answer: &Json) -> String {
    let mut error = &answer["error"];
    // A search fails shard by shard.
    if error["failed_shards"][0]["reason"].is_object() {
        error = &error["failed_shards"][0]["reason"];
    }
    while error["caused_by"].is_object() {
        error = &error["caused_by"];
    }
    if let Some(cause) = error["root_cause"].get(0)
        && error["reason"].is_null()
    {
        error = cause;
    }
    match error["reason"].as_str() {
        Some(reason) => format!("{}: {reason}", error["type"].as_str().unwrap_or_default()),
        None => answer.to_string(),
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        // The script ends within a second or two of that.
        let _ = self.process.wait();
    }
}

fn free_port() -> std::io::Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}
