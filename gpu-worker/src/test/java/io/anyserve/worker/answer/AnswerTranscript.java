package io.anyserve.worker.answer;

import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.answer.ToolCallDelta;
import java.util.ArrayList;
import java.util.List;

/** What a parser made of an answer, put together. */
record AnswerTranscript(String reasoning, String text, List<String> calls) {

  /** An answer that comes in these pieces; one between bars is a special token. */
  static AnswerTranscript of(AnswerParser parser, List<String> pieces) {
    List<AnswerDelta> deltas = new ArrayList<>();
    for (String piece : pieces) {
      deltas.add(
          isSpecial(piece)
              ? parser.pushSpecial(piece.substring(1, piece.length() - 1))
              : parser.push(piece));
    }
    deltas.add(parser.flush());
    return of(deltas);
  }

  private static boolean isSpecial(String piece) {
    return piece.length() > 1 && piece.startsWith("¦") && piece.endsWith("¦");
  }

  private static AnswerTranscript of(List<AnswerDelta> deltas) {
    StringBuilder reasoning = new StringBuilder();
    StringBuilder text = new StringBuilder();
    List<String> calls = new ArrayList<>();
    for (AnswerDelta delta : deltas) {
      reasoning.append(delta.reasoning());
      text.append(delta.text());
      for (ToolCallDelta call : delta.toolCalls()) {
        add(call, calls);
      }
    }
    return new AnswerTranscript(reasoning.toString(), text.toString(), calls);
  }

  private static void add(ToolCallDelta call, List<String> calls) {
    if (call.first() != (call.index() == calls.size()) || call.index() > calls.size()) {
      throw new AssertionError(call + " behind " + calls.size() + " calls");
    }
    if (call.first()) {
      calls.add(call.name() + " ");
    }
    calls.set(call.index(), calls.get(call.index()) + call.arguments());
  }
}
