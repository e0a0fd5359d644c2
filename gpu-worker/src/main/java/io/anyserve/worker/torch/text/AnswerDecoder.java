package io.anyserve.worker.torch.text;

import io.anyserve.contracts.answer.AnswerDelta;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.worker.answer.AnswerFormat;
import io.anyserve.worker.answer.AnswerParser;
import java.util.Set;

/**
 * Turns tokens into text, reasoning and tool calls as they come.
 *
 * <p>A function of the tokens alone: the same tokens give the same pieces.
 */
public final class AnswerDecoder {

  private final Vocabulary table;
  private final StreamingDetokenizer detokenizer;
  private final AnswerParser parser;
  private final Set<String> marks;

  /**
   * @param marks special tokens that the parser knows; all others are left out
   */
  public AnswerDecoder(Vocabulary table, AnswerParser parser, Set<String> marks) {
    this.table = table;
    this.detokenizer = new StreamingDetokenizer(table);
    this.parser = parser;
    this.marks = marks;
  }

  /** Of an answer that is text. */
  public static AnswerDecoder plain(Vocabulary table) {
    var parser = new AnswerParser(AnswerFormat.PLAIN, ToolOptions.NONE, false);
    return new AnswerDecoder(table, parser, Set.of());
  }

  /** What the token completes, possibly nothing. */
  public AnswerDelta push(int token) {
    if (!marks.isEmpty() && table.isSpecial(token)) {
      String name = table.piece(token).toStringUtf8();
      if (marks.contains(name)) {
        return parser.pushSpecial(name);
      }
    }
    return parser.push(detokenizer.push(token));
  }

  /** What is left at the end. */
  public AnswerDelta flush() {
    return parser.push(detokenizer.flush()).plus(parser.flush());
  }

  /** Whether a tool call began. */
  public boolean called() {
    return parser.called();
  }

  /** Whether the answer must not go on: it has the one tool call that it may have. */
  public boolean complete() {
    return parser.complete();
  }
}
