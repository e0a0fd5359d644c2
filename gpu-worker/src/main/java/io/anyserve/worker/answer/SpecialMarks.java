package io.anyserve.worker.answer;

import io.anyserve.grammar.Mark;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The marks that are special tokens of some models. */
public final class SpecialMarks {

  private static final List<String> ALL =
      Stream.concat(
              Stream.of(ToolCallFormat.values()).flatMap(format -> format.marks().stream()),
              Stream.of(ReasoningFormat.values())
                  .flatMap(format -> Stream.of(format.open(), format.close())))
          .distinct()
          .toList();

  private SpecialMarks() {}

  /** What stands for a special token in grammars; empty where it is no mark. */
  public static Optional<Mark> of(String token) {
    int index = ALL.indexOf(token);
    return index < 0 ? Optional.empty() : Optional.of(Mark.special(index));
  }

  /** A mark as text, and as the special token that it may be. */
  static List<Mark> spellings(String mark) {
    return Stream.concat(Stream.of(Mark.text(mark)), of(mark).stream()).toList();
  }
}
