package io.anyserve.worker.answer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.grammar.GrammarState;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.TokenMasks;
import io.anyserve.grammar.TokenTrie;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A small vocabulary: every byte, longer tokens that cross the beginnings and ends of calls, and
 * marks as special tokens.
 */
final class MarkedVocabulary {

  private static final List<String> LONGER =
      List.of(
          "<tool_call>",
          "<tool_call>\n",
          "<tool",
          "_call>",
          ">\n{\"name\": \"",
          ">x",
          "{\"name\": \"",
          "{\"name\":\"",
          "weather",
          "clock",
          "note",
          "\", \"arguments\": {",
          "\", \"parameters\": {",
          "\": {\"",
          "\": \"",
          "\": ",
          "\", \"",
          "}}",
          "\"}}",
          "}}\n</tool_call>",
          "</tool_call>",
          "<function=",
          "<function=weather>\n<parameter=",
          "<function=clock>",
          "</function>",
          "\n</function>",
          "<parameter=",
          "\n<parameter=",
          "\n</parameter>",
          "</parameter>",
          "</parameter>\n",
          "[TOOL_CALLS]",
          "[TOOL_CALLS][{\"",
          "[TOOL_CALLS]weather[ARGS]{",
          "[ARGS]",
          "[CALL_ID]",
          "[{\"name\": \"",
          "}, {\"",
          "}]",
          "; {\"name\": \"",
          "</think>",
          "<think>",
          "[/THINK]",
          "<|python_tag|>",
          "<|python_tag|>{\"",
          "é",
          "😀",
          " the",
          "\n\n",
          "12",
          "\\\"",
          "null",
          "true",
          "city",
          "unit");

  private static final List<String> SPECIAL =
      List.of(
          Marks.TOOL_CALL,
          Marks.TOOL_CALL_END,
          Marks.PYTHON_TAG,
          Marks.TOOL_CALLS,
          Marks.CALL_ID,
          Marks.ARGS,
          ReasoningFormat.THINK.close(),
          ReasoningFormat.BRACKETS.close());

  private static final List<String> ENDINGS =
      List.of("\n</parameter>", "\n</function>", "]", "}", "\"", "0");

  private static final int LEISURE = 120;
  private static final int LONGEST = 5_000;

  private final byte[][] bytes;
  private final int firstSpecial;

  MarkedVocabulary() {
    List<byte[]> all = new ArrayList<>();
    for (int value = 0; value < 256; value++) {
      all.add(new byte[] {(byte) value});
    }
    LONGER.forEach(token -> all.add(token.getBytes(UTF_8)));
    firstSpecial = all.size();
    SPECIAL.forEach(mark -> all.add(SpecialMarks.of(mark).orElseThrow().bytes()));
    bytes = all.toArray(byte[][]::new);
  }

  TokenMasks masks() {
    return new TokenMasks(TokenTrie.of(bytes));
  }

  byte[] bytes(int token) {
    return bytes[token];
  }

  boolean has(long[] mask, String token) {
    return token.length() == 1
        ? has(mask, token.charAt(0))
        : has(mask, 256 + LONGER.indexOf(token));
  }

  /** A random answer, which is in a hurry to end after a while. */
  List<Integer> answer(OutputGrammar grammar, TokenMasks masks, Random random) {
    List<Integer> tokens = new ArrayList<>();
    GrammarState state = grammar.start();
    while (tokens.size() < LEISURE || !state.mayEnd()) {
      if (tokens.size() > LONGEST) {
        throw new AssertionError("no end of " + pieces(tokens));
      }
      int token = choose(masks.mask(state), random, tokens.size() >= LEISURE);
      if (token < 0) {
        throw new AssertionError("no token behind " + pieces(tokens));
      }
      tokens.add(token);
      state = state.advance(bytes[token]);
      if (state.failed()) {
        throw new AssertionError("failed behind " + pieces(tokens));
      }
    }
    return tokens;
  }

  private int choose(long[] mask, Random random, boolean hasty) {
    if (hasty) {
      boolean inString = has(mask, 'x');
      for (String ending : ENDINGS) {
        if (has(mask, ending) && (!inString || ending.length() > 1 || ending.equals("\""))) {
          return ending.length() == 1 ? ending.charAt(0) : 256 + LONGER.indexOf(ending);
        }
      }
    }
    List<Integer> allowed = new ArrayList<>();
    for (int token = 0; token < bytes.length; token++) {
      if (has(mask, token)) {
        int weight = token >= 256 ? 8 : token >= ' ' && token < 127 ? 2 : 1;
        for (int i = 0; i < weight; i++) {
          allowed.add(token);
        }
      }
    }
    return allowed.isEmpty() ? -1 : allowed.get(random.nextInt(allowed.size()));
  }

  private static boolean has(long[] mask, int token) {
    return ((mask[token / 64] >>> (token % 64)) & 1) != 0;
  }

  /** Text, and special tokens between bars. */
  List<String> pieces(List<Integer> tokens) {
    List<String> pieces = new ArrayList<>();
    var text = new ByteArrayOutputStream();
    for (int token : tokens) {
      if (token < firstSpecial) {
        text.writeBytes(bytes[token]);
      } else {
        pieces.add(text.toString(UTF_8));
        text.reset();
        pieces.add("¦" + SPECIAL.get(token - firstSpecial) + "¦");
      }
    }
    pieces.add(text.toString(UTF_8));
    return pieces;
  }
}
