/// The shell script that stands between us and the server.
///
/// It runs the server and watches its own standard input, a pipe whose other end only we hold. However we exit, the
/// kernel closes the pipe and the script stops the server: a killed launcher leaves no orphan. When the server exits,
/// the script exits, which we notice. Both run in their own session, so a terminal's Ctrl-C reaches neither.
enum GuardScript {
  /// Arguments: signal to stop with, a folder to remove at the end or "", then the server's command line.
  static let text = """
    signal=$1 remove=$2
    shift 2
    exec 3<&0
    "$@" </dev/null 3<&- &
    server=$!
    { cat >/dev/null; kill -"$signal" "$server"; } <&3 2>/dev/null &
    watcher=$!
    exec 3<&-
    wait "$server"
    code=$?
    kill "$watcher" 2>/dev/null
    if [ -n "$remove" ]; then rm -rf -- "$remove"; fi
    exit "$code"
    """

  static func command(signal: String, remove: String?, server: [String]) -> [String] {
    ["/bin/sh", "-c", text, "latchkey-postgres-guard", signal, remove ?? ""] + server
  }
}
