package io.anyserve.cli.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.anyserve.cli.options.Bytes;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** With a hub of one model that has one empty file. */
@Timeout(60)
final class ModelCommandsTest {

  private static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /** What Git calls a file without content. */
  private static final String EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391";

  @TempDir Path folder;
  private final StringWriter said = new StringWriter();
  private final HttpServer hub;

  ModelCommandsTest() throws IOException {
    hub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void start() {
    String listing =
        """
        {"sha": "%s", "siblings": [{"rfilename": "tiny.gguf", "size": 0, "blobId": "%s"}]}
        """
            .formatted(COMMIT, EMPTY);
    hub.createContext("/api/models/acme/tiny/", call -> answer(call, 200, listing));
    hub.createContext("/acme/tiny/resolve/", call -> answer(call, 200, ""));
    hub.start();
  }

  private static void answer(HttpExchange call, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    call.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    call.getResponseBody().write(bytes);
    call.close();
  }

  @AfterEach
  void stop() {
    hub.stop(0);
  }

  private Map<String, String> environment() {
    return Map.of(
        "HF_ENDPOINT",
        "http://127.0.0.1:" + hub.getAddress().getPort(),
        "ANYSERVE_MODELS",
        folder.toString());
  }

  private int run(Object command, String... arguments) {
    var writer = new PrintWriter(said);
    return new CommandLine(command).setOut(writer).setErr(writer).execute(arguments);
  }

  @Test
  void aModelIsDownloadedListedAndRemoved() {
    Path file = folder.resolve("acme/tiny").resolve(COMMIT).resolve("tiny/tiny.gguf");
    assertEquals(0, run(new PullCommand(environment()), "acme/tiny"));
    assertTrue(Files.exists(file));
    assertTrue(said.toString().contains("Try: ./anyserve up --model acme/tiny"), said::toString);
    assertEquals(0, run(new ModelsCommand(environment()), "list"));
    String row = said.toString().lines().toList().getLast();
    assertTrue(row.matches("acme/tiny +main +0123456789ab +0 B +" + file.getParent()), row);
    assertEquals(0, run(new ModelsCommand(environment()), "remove", "acme/tiny@main"));
    assertFalse(Files.exists(file));
    assertEquals(1, run(new ModelsCommand(environment()), "remove", "acme/tiny"));
    assertTrue(said.toString().contains("not downloaded (expected: one that"), said::toString);
  }

  @Test
  void aNameOfAnotherFormIsAMistake() {
    assertEquals(2, run(new PullCommand(environment()), "tiny"));
    assertEquals(2, run(new ModelsCommand(environment()), "remove", "tiny"));
    assertTrue(said.toString().contains("(expected: ORG/NAME[@REVISION][:FILE])"), said::toString);
  }

  @Test
  void progressSaysWhatIsLeft() {
    assertEquals(
        "############------------ 120 MiB of 240 MiB, 12 MiB/s, 10 s left",
        PullProgress.bar(120 << 20, 240 << 20, 10));
    assertEquals("########################", PullProgress.bar(0, 0, 0).substring(0, 24));
    assertEquals("999 B", Bytes.text(999));
    assertEquals("3 KiB", Bytes.text(3_000));
    assertEquals("1.4 GiB", Bytes.text(1_500_000_000));
  }
}
