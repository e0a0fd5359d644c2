package io.anyserve.worker.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An answer and what it is.
 *
 * @param written special tokens are between broken bars
 */
record AnswerSample(
    String name,
    ToolCallFormat format,
    boolean thinking,
    String written,
    String reasoning,
    String text,
    List<String> calls) {

  AnswerParser parser() {
    return new AnswerParser(
        new AnswerFormat(Optional.of(format), Optional.of(ReasoningFormat.THINK)),
        AnswerSamples.TOOLS,
        thinking);
  }

  AnswerTranscript expected() {
    return new AnswerTranscript(reasoning, text, calls);
  }

  /** Characters and special tokens. */
  List<String> symbols() {
    List<String> symbols = new ArrayList<>();
    for (int i = 0; i < written.length(); i++) {
      int end = written.charAt(i) == '¦' ? written.indexOf('¦', i + 1) + 1 : i + 1;
      symbols.add(written.substring(i, end));
      i = end - 1;
    }
    return symbols;
  }

  @Override
  public String toString() {
    return name;
  }
}
