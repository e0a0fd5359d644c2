package io.anyserve.grammar.regular;

import java.util.List;

/** A pattern as it is written. */
sealed interface Syntax {

  /** One character of a set. */
  record OneCharacter(CodePoints characters) implements Syntax {}

  record Sequence(List<Syntax> parts) implements Syntax {}

  record Alternatives(List<Syntax> parts) implements Syntax {}

  record Repeated(Syntax part, int min, int max) implements Syntax {}

  /** The beginning of the text, {@code ^}. */
  record Start() implements Syntax {}

  /** The end of the text, {@code $}. */
  record End() implements Syntax {}
}
