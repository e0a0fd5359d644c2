package io.anyserve.worker.answer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolOptions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class AnswerParserTest {

  @ParameterizedTest
  @MethodSource("io.anyserve.worker.answer.AnswerSamples#all")
  void anAnswerIsTheSameHoweverItIsCut(AnswerSample sample) {
    List<String> symbols = sample.symbols();
    assertEquals(
        sample.expected(), AnswerTranscript.of(sample.parser(), pieces(symbols, _ -> false)));
    assertEquals(sample.expected(), AnswerTranscript.of(sample.parser(), symbols));
    for (int cut = 1; cut < symbols.size(); cut++) {
      int at = cut;
      assertEquals(
          sample.expected(),
          AnswerTranscript.of(sample.parser(), pieces(symbols, i -> i == at)),
          () -> "cut before " + at);
    }
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      assertEquals(
          sample.expected(),
          AnswerTranscript.of(sample.parser(), pieces(symbols, _ -> random.nextInt(6) == 0)));
    }
  }

  /** Characters put together, except across a special token or a cut. */
  private static List<String> pieces(List<String> symbols, IntPredicate cutBefore) {
    List<String> pieces = new ArrayList<>();
    StringBuilder piece = new StringBuilder();
    for (int i = 0; i < symbols.size(); i++) {
      boolean special = symbols.get(i).length() > 1;
      if (special || cutBefore.test(i)) {
        pieces.add(piece.toString());
        piece.setLength(0);
      }
      if (special) {
        pieces.add(symbols.get(i));
      } else {
        piece.append(symbols.get(i));
      }
    }
    pieces.add(piece.toString());
    return pieces;
  }

  static Stream<ToolCallFormat> formats() {
    return Stream.of(
        ToolCallFormat.HERMES,
        ToolCallFormat.QWEN_CODER,
        ToolCallFormat.LLAMA,
        ToolCallFormat.MISTRAL);
  }

  /** Made of the parts of all formats, so that it often is nearly a call. */
  private static String garbage(Random random) {
    List<String> parts =
        List.of(
            "<tool_call>",
            "</tool_call>",
            "<function=",
            "weather",
            ">",
            "</function>",
            "[ARGS]",
            "<parameter=",
            "</parameter>",
            "[TOOL_CALLS]",
            "[",
            "]",
            "{",
            "}",
            "\"",
            "name",
            ":",
            ",",
            "arguments",
            "{\"name\": \"",
            "{\"name\": \"weather\"",
            ", \"arguments\": ",
            "<",
            "\n",
            " ",
            "\\",
            "é",
            "😀",
            "time",
            "1",
            "null",
            "<tool_call>{\"name\": \"weather\", \"arguments\": {",
            "<function=weather>",
            "<|python_tag|>",
            "; ",
            "\"}");
    return IntStream.range(0, random.nextInt(24))
        .mapToObj(_ -> parts.get(random.nextInt(parts.size())))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @MethodSource("formats")
  void garbageIsTheSameHoweverItIsCut(ToolCallFormat format) {
    Random random = new Random(11);
    int called = 0;
    for (int i = 0; i < 20_000; i++) {
      String written = garbage(random);
      AnswerTranscript whole = AnswerTranscript.of(parser(format), List.of(written));
      AnswerTranscript parts =
          AnswerTranscript.of(parser(format), Arrays.asList(written.split("", -1)));
      assertEquals(whole, parts, written);
      called += whole.calls().isEmpty() ? 0 : 1;
      if (whole.calls().isEmpty()) {
        assertEquals(written, whole.text());
      }
    }
    assertTrue(called > 10, "calls: " + called);
  }

  /** Between known calls: whatever is text stays text, and every call is found once. */
  @Test
  void nothingIsLostBetweenCalls() {
    Random random = new Random(13);
    for (int i = 0; i < 5_000; i++) {
      StringBuilder written = new StringBuilder();
      StringBuilder text = new StringBuilder();
      List<String> calls = new ArrayList<>();
      for (int part = random.nextInt(6); part > 0; part--) {
        if (random.nextBoolean()) {
          written.append(AnswerSamples.HERMES);
          calls.add(AnswerSamples.ROME);
        } else {
          String word = "w" + random.nextInt(100) + ".<x>";
          written.append(word);
          text.append(word);
        }
      }
      assertEquals(
          new AnswerTranscript("", text.toString(), calls),
          AnswerTranscript.of(parser(ToolCallFormat.HERMES), List.of(written.toString())));
    }
  }

  @Test
  void argumentsLeaveAsTheyCome() {
    AnswerParser parser = parser(ToolCallFormat.HERMES);
    assertEquals(AnswerDelta.NOTHING, parser.push("<tool_call>{\"name\": \"weather\", "));
    assertFalse(parser.called());
    assertEquals("weather", parser.push("\"arguments\": {\"ci").toolCalls().getFirst().name());
    assertTrue(parser.called());
    assertEquals(0, parser.completedCalls());
    assertEquals("ty\": 1", parser.push("ty\": 1").toolCalls().getFirst().arguments());
    assertEquals("}", parser.push("}").toolCalls().getFirst().arguments());
    assertEquals(1, parser.completedCalls());
  }

  @Test
  void withoutToolsCallsAreText() {
    var parser =
        new AnswerParser(
            new AnswerFormat(Optional.of(ToolCallFormat.HERMES), Optional.empty()),
            new ToolOptions(AnswerSamples.TOOLS.definitions(), ToolChoice.NONE, true),
            false);

    assertEquals(
        new AnswerTranscript("", AnswerSamples.HERMES, List.of()),
        AnswerTranscript.of(parser, List.of(AnswerSamples.HERMES)));
  }

  private static AnswerParser parser(ToolCallFormat format) {
    return new AnswerParser(
        new AnswerFormat(Optional.of(format), Optional.empty()), AnswerSamples.TOOLS, false);
  }
}
