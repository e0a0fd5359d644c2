package io.anyserve.cli.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.RequestId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SubmissionFileTest {

  private static final String ID = "0190aaaa-0000-7000-8000-000000000001";

  private final AtomicLong next = new AtomicLong();

  private RequestId id() {
    return new RequestId(7, next.incrementAndGet());
  }

  @Test
  void twoLinesWithOneIdAreNamed() {
    SubmissionFile read =
        read("{\"id\":\"" + ID + "\"}", "{}", " ", "{\"id\":\"" + ID.replace('a', 'A') + "\"}");

    assertEquals(
        List.of("lines 1 and 4: id " + ID + " (expected: a different one for each line)"),
        read.problems());
  }

  @Test
  void aByteOrderMarkIsSkipped(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("f"), "\uFEFF{\"prompt\":\"a\"}\n{}\n");

    SubmissionFile read = SubmissionFile.read(file, this::id);

    assertEquals(List.of(), read.problems());
    assertEquals(2, read.requests().size());
    assertEquals("a", read.requests().values().iterator().next().get("prompt").asString());
  }

  @Test
  void aLineWithoutIdGetsOne() {
    SubmissionFile read = read("{}");

    RequestId id = read.requests().keySet().iterator().next();
    assertEquals(new RequestId(7, 1), id);
    assertEquals(id.toString(), read.requests().values().iterator().next().get("id").asString());
  }

  @Test
  void linesThatAreNoRequestAreNamed() {
    List<String> problems =
        read("{}", "[1]", "{\"a\":1,\"a\":2}", "{\"id\":\"x\"}", "{\"max_tokens\":NaN}").problems();

    assertEquals(4, problems.size(), problems::toString);
    assertTrue(problems.get(0).startsWith("line 2: ARRAY (expected: a JSON object)"));
    assertTrue(problems.get(1).startsWith("line 3: "), problems.get(1));
    assertTrue(problems.get(2).startsWith("line 4: "), problems.get(2));
    assertTrue(problems.get(3).startsWith("line 5: "), problems.get(3));
  }

  private SubmissionFile read(String... lines) {
    return SubmissionFile.of(List.of(lines), this::id);
  }
}
