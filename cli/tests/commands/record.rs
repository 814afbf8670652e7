//! `pagecrypt record`: records of S2 and bound ones, sealed and opened from standard input to standard output.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};

use crate::scene::{KEY, OTHER_KEY, Scene, pagecrypt};

const STREAM: &str = "0101010101010101010101010101010101010101010101010101010101010101";
const OTHER_STREAM: &str = "0202020202020202020202020202020202020202020202020202020202020202";
const WRITER: &str = "03030303030303030303030303030303";
const STORE: &str = "04040404040404040404040404040404";
const S2_STREAM: [&str; 6] = ["--format", "s2", "--basin", "basin", "--stream", "stream"];

/// What a run gave; records are no text.
#[derive(Debug)]
struct Given {
    code: Option<i32>,
    bytes: Vec<u8>,
    stderr: String,
}

impl Given {
    #[track_caller]
    fn succeeds(self) -> Vec<u8> {
        assert_eq!((self.code, self.stderr.as_str()), (Some(0), ""), "{self:?}");
        self.bytes
    }

    /// It failed with `code` and one line that has all of `words`; gives what it had written.
    #[track_caller]
    fn fails(self, code: i32, words: &[&str]) -> Vec<u8> {
        assert_eq!(self.code, Some(code), "{self:?}");
        assert!(self.stderr.starts_with("pagecrypt: ") && self.stderr.lines().count() == 1, "{self:?}");
        for word in words {
            assert!(self.stderr.contains(word), "{word:?} is not in {self:?}");
        }
        self.bytes
    }
}

fn record(work: &str, arguments: &[&str]) -> Command {
    let mut command = pagecrypt();
    command.args(["record", work]).args(arguments).env_remove("S2_ENCRYPTION_KEY");
    command
}

fn give(command: &mut Command, input: &[u8]) -> Given {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut stdin, input) = (child.stdin.take().unwrap(), input.to_vec());
    // Beside it, since it writes while it reads. What refuses its arguments does not read.
    let writer = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Given {
        code: output.status.code(),
        bytes: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn s2(work: &str, more: &[&str], input: &[u8]) -> Given {
    let arguments = [&S2_STREAM[..], more].concat();
    give(record(work, &arguments).env("S2_ENCRYPTION_KEY", base64_key(KEY)), input)
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

fn base64_key(hex: &str) -> String {
    Base64::encode_string(&bytes_of(hex))
}

fn base64(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(Base64::encode_string(bytes.as_ref()))
}

/// Each behind its length.
fn framed<Part: AsRef<[u8]>>(parts: &[Part]) -> Vec<u8> {
    let mut all = Vec::new();
    for part in parts {
        all.extend(u32::try_from(part.as_ref().len()).unwrap().to_be_bytes());
        all.extend(part.as_ref());
    }
    all
}

fn unframed(mut all: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = Vec::new();
    while let Some((length, rest)) = all.split_first_chunk() {
        let (part, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
        parts.push(part.to_vec());
        all = rest;
    }
    parts
}

fn lines(values: &[Value]) -> Vec<u8> {
    values.iter().flat_map(|value| format!("{value}\n").into_bytes()).collect()
}

fn values(lines: &[u8]) -> Vec<Value> {
    std::str::from_utf8(lines).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn vectors(name: &str) -> Value {
    let path = format!("{}/../vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn samples() -> Value {
    vectors("s2/records.json")
}

/// A number as the vectors write it, which are text since they take all of 64 bits.
fn number(text: &Value) -> Value {
    text.as_str().map_or(Value::Null, |text| json!(text.parse::<u64>().unwrap()))
}

#[test]
fn records_and_entries_of_another_implementation_open() {
    let scene = Scene::new();
    let vectors = vectors("records.json");
    let all = ["records", "entries"].map(|member| vectors[member].as_array().unwrap());
    let mut opened = 0;
    for (index, of) in all.into_iter().flatten().enumerate() {
        let text = |member: &str| of[member].as_str().unwrap();
        let (context, is_entry) = (&of["context"], of["path"].is_string());
        if context["kind"] == "store" && !is_entry {
            continue; // a record of a store that holds no entry
        }
        let key = scene.key_file("key", text("key"));
        let mut open = record("open", &["--format", "bound", "--framing", "json-lines", "--key-file", &key]);
        open.args(["--cipher", text("cipher")]);
        for (argument, id) in [("--stream-id", "stream"), ("--writer-id", "writer"), ("--store-id", "store")]
        {
            if let Some(id) = context[id].as_str() {
                open.args([argument, id]);
            }
        }
        let base64_of = |member: &str| base64(bytes_of(text(member)));
        let utf8 = |member: &str| String::from_utf8(bytes_of(text(member))).unwrap();
        let mut line = json!({ "record": base64_of("record") });
        let mut expected = if is_entry {
            open.args(["--token-key-file", &scene.key_file("token.key", text("token_key"))]);
            line["token"] = of["token"].clone();
            json!({ "path": utf8("path"), "type": utf8("type"), "schema": utf8("schema"), "body": base64_of("body") })
        } else {
            line["sequence"] = number(&of["sequence"]);
            json!({ "plaintext": base64_of("plaintext"), "sequence": number(&of["sequence"]) })
        };
        expected["clock"] = number(&of["clock"]);
        expected.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        assert_eq!(values(&give(&mut open, &lines(&[line])).succeeds()), [expected], "{index}");
        opened += 1;
    }
    assert!(opened > 100, "{opened}");
}

#[test]
fn records_that_s2_made_open() {
    let samples = samples();
    let samples = samples["records"].as_array().unwrap();
    assert!(!samples.is_empty());
    for sample in samples {
        let text = |member: &str| sample[member].as_str().unwrap();
        let open = |framing: &str, input: &[u8]| {
            let mut command = record("open", &["--format", "s2", "--framing", framing]);
            command.args(["--basin", text("basin"), "--stream", text("stream"), "--cipher", text("cipher")]);
            give(command.env("S2_ENCRYPTION_KEY", text("key_base64")), input)
        };
        let (stored, body) = (bytes_of(text("stored_hex")), bytes_of(text("body_hex")));
        let headers: Vec<Value> = sample["headers_hex"]
            .as_array()
            .unwrap()
            .iter()
            .map(|pair| {
                json!([
                    base64(bytes_of(pair[0].as_str().unwrap())),
                    base64(bytes_of(pair[1].as_str().unwrap()))
                ])
            })
            .collect();
        if headers.is_empty() {
            assert_eq!(open("one", &stored).succeeds(), body, "{}", text("id"));
        } else {
            open("one", &stored).fails(2, &["json-lines"]);
        }
        let line = lines(&[json!({ "record": base64(&stored) })]);
        let expected = json!({ "headers": headers, "body": base64(&body) });
        assert_eq!(values(&open("json-lines", &line).succeeds()), [expected], "{}", text("id"));
    }
}

#[test]
fn commands_of_s2_pass_in_clear_both_ways() {
    let samples = samples();
    let stored: Vec<Value> = samples["command_records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|sample| json!({ "record": base64(bytes_of(sample["stored_hex"].as_str().unwrap())) }))
        .collect();
    let opened = s2("open", &["--framing", "json-lines"], &lines(&stored)).succeeds();
    for command in values(&opened) {
        assert!(command["fence"].is_string() || command["trim"].is_u64(), "{command}");
    }
    assert_eq!(values(&s2("seal", &["--framing", "json-lines"], &opened).succeeds()), stored);
    s2("open", &[], &bytes_of("011601000000000000002a")).fails(2, &["json-lines"]);
}

/// Arguments for each thing that records may belong to, with keys that lie in the scene.
fn contexts(scene: &Scene) -> Vec<Vec<String>> {
    let key = scene.key_file("key", KEY);
    let token_key = scene.key_file("token.key", OTHER_KEY);
    let s2_key = scene.key_file("s2.key", &base64_key(KEY));
    let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    vec![
        owned(&[&S2_STREAM[..], &["--encryption-key-file", &s2_key]].concat()),
        owned(&[
            "--format",
            "s2",
            "--stream-id",
            STREAM,
            "--cipher",
            "aes256gcm",
            "--encryption-key-file",
            &s2_key,
        ]),
        owned(&["--format", "bound", "--stream-id", STREAM, "--key-file", &key, "--first-sequence", "7"]),
        owned(&["--format", "bound", "--stream-id", STREAM, "--writer-id", WRITER, "--key-file", &key]),
        owned(&[
            "--format",
            "bound",
            "--store-id",
            STORE,
            "--token-key-file",
            &token_key,
            "--key-file",
            &key,
            "--path",
            "a",
        ]),
    ]
}

/// The arguments as they are for opening: S2 does not bind a sequence number.
fn strings(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

#[test]
fn what_was_sealed_opens_in_every_context_and_framing() {
    let scene = Scene::new();
    let bodies: Vec<Vec<u8>> = (0..200_u8).map(|i| vec![i; usize::from(i) * 37]).collect();
    for context in contexts(&scene) {
        let context = strings(&context);
        let sealed = give(&mut record("seal", &context), &bodies[3]).succeeds();
        assert_ne!(sealed, bodies[3]);
        assert_eq!(give(&mut record("open", &context), &sealed).succeeds(), bodies[3], "{context:?}");

        let framing = [&context[..], &["--framing", "length"]].concat();
        let sealed = give(&mut record("seal", &framing), &framed(&bodies)).succeeds();
        assert_eq!(unframed(&sealed).len(), bodies.len());
        let opened = give(&mut record("open", &framing), &sealed).succeeds();
        assert!(unframed(&opened) == bodies, "{context:?}");
        assert_eq!(give(&mut record("seal", &framing), b"").succeeds(), b"");

        let member =
            if context.contains(&"--stream-id") && context.contains(&"bound") { "plaintext" } else { "body" };
        let framing = [&context[..], &["--framing", "json-lines"]].concat();
        let plain: Vec<Value> = bodies.iter().map(|body| json!({ member: base64(body) })).collect();
        let sealed = give(&mut record("seal", &framing), &lines(&plain)).succeeds();
        let opened = values(&give(&mut record("open", &framing), &sealed).succeeds());
        for (i, (line, body)) in opened.iter().zip(&bodies).enumerate() {
            assert_eq!(line[member], base64(body), "{context:?}");
            if context.contains(&"--first-sequence") {
                assert_eq!(line["sequence"], 7 + i);
            }
        }
        assert_eq!(opened.len(), bodies.len());
    }
}

#[test]
fn entries_keep_what_each_line_says_of_them_and_servers_see_tokens() {
    let scene = Scene::new();
    let context = contexts(&scene).pop().unwrap();
    let context = [&strings(&context)[..], &["--framing", "json-lines"]].concat();
    let entries = [
        json!({ "path": "notes/1", "type": "note", "schema": "2", "body": base64("one"), "clock": 5 }),
        json!({ "path": "a", "type": "", "schema": "", "body": base64("two") }),
    ];
    let mut seal = record("seal", &context);
    let sealed = give(seal.args(["--padding", "padme"]), &lines(&entries)).succeeds();
    for line in values(&sealed) {
        assert_eq!(line["token"].as_str().unwrap().len(), 64);
    }
    assert_eq!(values(&give(&mut record("open", &context), &sealed).succeeds()), entries);

    let mut swapped = values(&sealed);
    swapped[0]["token"] = swapped[1]["token"].clone();
    give(&mut record("open", &context), &lines(&swapped)).fails(4, &["record 0", "authentication failed"]);
}

#[test]
fn the_first_bad_record_ends_the_run_and_what_came_before_it_was_written() {
    let scene = Scene::new();
    let bodies: Vec<Vec<u8>> = (0..100_u8).map(|i| vec![i; 50]).collect();
    for context in contexts(&scene) {
        let context = [&strings(&context)[..], &["--framing", "length"]].concat();
        let mut sealed = unframed(&give(&mut record("seal", &context), &framed(&bodies)).succeeds());
        let last = sealed[70].len() - 1;
        sealed[70][last] ^= 1;
        let open = |arguments: &[&str], input: &[u8]| give(record("open", &context).args(arguments), input);
        let opened = open(&[], &framed(&sealed)).fails(4, &["record 70", "authentication failed"]);
        assert!(unframed(&opened) == bodies[..70], "{context:?}");

        let told = open(&["--json"], &framed(&sealed[70..])).fails(4, &[]);
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert_eq!((&told["record"], &told["error"]["code"]), (&json!(0), &json!("authentication_failed")));

        let whole = framed(&sealed[..10]);
        for cut in [whole.len() - 1, whole.len() - sealed[9].len(), whole.len() - sealed[9].len() - 2] {
            let opened = open(&[], &whole[..cut]).fails(4, &["record 9", "ends within a record"]);
            assert!(unframed(&opened) == bodies[..9], "{context:?}");
        }
        open(&[], &[0xff; 8]).fails(4, &["record 0", "longer"]);
        open(&["--framing", "length"], b"").fails(2, &["--framing"]);
    }
}

#[test]
fn a_record_of_another_stream_number_or_key_is_told_as_what_it_is() {
    let scene = Scene::new();
    let context = contexts(&scene).swap_remove(2);
    let context = strings(&context);
    let sealed = give(&mut record("seal", &context), b"content").succeeds();
    let other = scene.key_file("other", OTHER_KEY);
    let changed = |from: &str, to: &str| -> Vec<String> {
        context.iter().map(|word| if *word == from { to.to_owned() } else { (*word).to_owned() }).collect()
    };
    let key = scene.arg("key");
    for (arguments, code, words) in [
        (changed(STREAM, OTHER_STREAM), 3, "key id"),
        (changed(&key, &other), 3, "key id"),
        (changed("7", "8"), 4, "authentication failed"),
    ] {
        give(&mut record("open", &strings(&arguments)), &sealed).fails(code, &[words]);
    }
    let sealed = s2("seal", &[], b"content").succeeds();
    let elsewhere = ["--format", "s2", "--basin", "basin", "--stream", "another"];
    give(record("open", &elsewhere).env("S2_ENCRYPTION_KEY", base64_key(KEY)), &sealed)
        .fails(4, &["authentication failed"]);
    give(record("open", &S2_STREAM).env("S2_ENCRYPTION_KEY", base64_key(OTHER_KEY)), &sealed)
        .fails(4, &["authentication failed"]);
    s2("open", &["--cipher", "aes256gcm"], &sealed).fails(4, &["cipher mismatch", "--cipher"]);
}

#[test]
fn after_a_rotation_it_says_how_many_records_wait_for_the_new_key() {
    let scene = Scene::new();
    let context = contexts(&scene).swap_remove(2);
    let old = strings(&context);
    let new_key = scene.key_file("new", OTHER_KEY);
    let old_key = scene.arg("key");
    let new: Vec<&str> =
        old.iter().map(|word| if *word == old_key { new_key.as_str() } else { word }).collect();
    let sealed = give(record("seal", &old).args(["--framing", "length"]), &framed(&["a", "b"])).succeeds();
    let mut open = record("open", &new);
    let given = give(open.args(["--framing", "length", "--decrypt-only-key-file", &old_key]), &sealed);
    assert_eq!(given.code, Some(0), "{given:?}");
    assert_eq!(unframed(&given.bytes), [b"a", b"b"]);
    assert!(given.stderr.contains("2 records were sealed under a key that only opens"), "{given:?}");
}

#[test]
fn the_key_of_an_s2_stream_is_taken_as_s2_s_tools_take_it_and_the_file_wins() {
    let scene = Scene::new();
    let sealed = s2("seal", &[], b"content").succeeds();
    let file = scene.key_file("s2.key", &base64_key(KEY));
    let mut open = record("open", &S2_STREAM);
    let given = give(
        open.args(["--encryption-key-file", &file]).env("S2_ENCRYPTION_KEY", base64_key(OTHER_KEY)),
        &sealed,
    );
    assert_eq!((given.code, given.bytes.as_slice()), (Some(0), &b"content"[..]), "{given:?}");
    assert!(given.stderr.contains("s2.key") && given.stderr.contains("S2_ENCRYPTION_KEY"), "{given:?}");

    give(&mut record("open", &S2_STREAM), &sealed).fails(7, &["--encryption-key-file", "S2_ENCRYPTION_KEY"]);
    for wrong in [KEY, "", "?", "AAAA"] {
        let given = give(record("open", &S2_STREAM).env("S2_ENCRYPTION_KEY", wrong), &sealed);
        let told = given.stderr.clone();
        given.fails(6, &["S2_ENCRYPTION_KEY"]);
        assert!(wrong.len() < 4 || !told.contains(wrong), "{told}");
    }
    let absent = scene.arg("absent");
    give(record("open", &S2_STREAM).args(["--encryption-key-file", &absent]), &sealed).fails(1, &["absent"]);
    give(record("open", &["--format", "bound", "--stream-id", STREAM]).env("S2_ENCRYPTION_KEY", "x"), b"")
        .fails(7, &["--key-file"]);
}

#[test]
fn lines_that_are_no_records_are_malformed_and_not_repeated() {
    for (line, words) in [
        ("{", "JSON"),
        ("{\"body\": \"c2VjcmV0\", \"more\": 1}", "JSON"),
        ("{\"body\": \"c2VjcmV0!\"}", "JSON"),
        ("{\"headers\": [[\"\", \"\"]], \"body\": \"\"}", "name of a header is empty"),
        ("{\"fence\": \"a\", \"trim\": 1}", "a fence, or a trim"),
        ("{\"fence\": \"0123456789012345678901234567890123456\"}", "36 bytes"),
    ] {
        let given = s2("seal", &["--framing", "json-lines"], line.as_bytes());
        assert!(!given.stderr.contains("c2VjcmV0"), "{given:?}");
        assert!(matches!(given.code, Some(2 | 4)), "{given:?}");
        let code = given.code.unwrap();
        given.fails(code, &["record 0", words]);
    }
}

#[test]
fn arguments_that_do_not_go_together_are_refused() {
    let scene = Scene::new();
    let (key, token_key) = (scene.key_file("key", KEY), scene.key_file("token.key", OTHER_KEY));
    let cases: &[&[&str]] = &[
        &[],
        &["--format", "s3"],
        &["--format", "s2"],
        &["--format", "s2", "--basin", "basin"],
        &["--format", "s2", "--stream-id", "01"],
        &["--format", "s2", "--stream-id", STREAM, "--clock", "1"],
        &["--format", "s2", "--stream-id", STREAM, "--writer-id", WRITER],
        &["--format", "s2", "--stream-id", STREAM, "--key-file", &key],
        &["--format", "bound", "--key-file", &key],
        &["--format", "bound", "--basin", "b", "--stream", "s", "--key-file", &key],
        &["--format", "bound", "--stream-id", STREAM, "--store-id", STORE, "--key-file", &key],
        &["--format", "bound", "--store-id", STORE, "--key-file", &key],
        &["--format", "bound", "--store-id", STORE, "--token-key-file", &token_key, "--key-file", &key],
        &["--format", "bound", "--stream-id", STREAM, "--key-file", &key, "--framing", "xml"],
        &["--format", "bound", "--stream-id", STREAM, "--encryption-key-file", &key],
    ];
    for arguments in cases {
        for work in ["seal", "open"] {
            let given = give(&mut record(work, arguments), b"");
            assert_eq!(given.code, Some(2), "{work} {arguments:?}: {given:?}");
            assert!(given.bytes.is_empty() && given.stderr.starts_with("pagecrypt: "), "{given:?}");
        }
    }
    let s2 = ["--format", "s2", "--stream-id", STREAM, "--cipher", "aegis128l"];
    give(record("seal", &s2).env("S2_ENCRYPTION_KEY", base64_key(KEY)), b"").fails(5, &["S2"]);
}

#[test]
fn the_largest_record_of_s2_goes_both_ways_and_a_larger_one_does_not() {
    let body = vec![7; (1 << 20) - 8];
    let sealed = s2("seal", &[], &body).succeeds();
    assert!(s2("open", &[], &sealed).succeeds() == body);
    s2("seal", &[], &vec![7; (1 << 20) - 7]).fails(2, &["1 MiB"]);
    s2("seal", &[], &vec![7; (3 << 20) + 1]).fails(4, &["longer"]);
    let line = lines(&[json!({ "body": base64(&body) })]);
    let sealed = s2("seal", &["--framing", "json-lines"], &line).succeeds();
    assert_eq!(
        values(&s2("open", &["--framing", "json-lines"], &sealed).succeeds())[0]["body"],
        base64(&body)
    );
}

#[test]
fn a_line_may_be_long_but_not_what_stands_in_it() {
    let scene = Scene::new();
    let context = contexts(&scene).swap_remove(2);
    let line = lines(&[json!({ "plaintext": base64(vec![0; (64 << 20) + 1]) })]);
    let mut seal = record("seal", &strings(&context));
    give(seal.args(["--framing", "json-lines"]), &line).fails(4, &["record 0", "longer"]);
}

/// A program behind the pipe that waits for an answer to each record before it sends the next gets it.
#[test]
fn a_record_that_came_alone_is_answered_alone() {
    use std::io::Read as _;
    let scene = Scene::new();
    let context = contexts(&scene).swap_remove(2);
    let mut command = record("seal", &strings(&context));
    let mut child =
        command.args(["--framing", "length"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut to, mut from) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    for body in ["first", "second"] {
        to.write_all(&framed(&[body])).unwrap();
        let mut length = [0; 4];
        from.read_exact(&mut length).unwrap();
        let mut sealed = vec![0; u32::from_be_bytes(length) as usize];
        from.read_exact(&mut sealed).unwrap();
    }
    drop(to);
    assert!(child.wait().unwrap().success());
}

#[cfg(unix)]
#[test]
fn whoever_stops_reading_ends_it_without_a_failure() {
    let scene = Scene::new();
    let context = contexts(&scene).swap_remove(2);
    let mut command = record("seal", &strings(&context));
    command.args(["--framing", "length"]);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut stdin = child.stdin.take().unwrap();
    let body = vec![0; 60_000];
    while stdin.write_all(&framed(&[&body])).is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(0), &b""[..]));
}
