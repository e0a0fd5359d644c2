package io.anyserve.grammar.automaton;

import io.anyserve.grammar.regular.Term;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a part of a document consists of. */
public sealed interface Production
    permits Members,
        Members.Name,
        Elements,
        Production.Alternatives,
        Production.Rule,
        Production.Series,
        Production.Word {

  /** A text of a regular language, as long or as short as it likes. */
  record Word(Term term) implements Production {}

  /** One after the other. */
  record Series(List<Production> parts) implements Production {

    public Series {
      parts = List.copyOf(parts);
    }
  }

  /** One of them. */
  record Alternatives(List<Production> parts) implements Production {

    public Alternatives {
      parts = List.copyOf(parts);
    }
  }

  /** A production that others refer to, itself included; defined once, before it is used. */
  final class Rule implements Production {

    private @Nullable Production body;

    public void define(Production production) {
      body = production;
    }

    Production body() {
      return Objects.requireNonNull(body, "rule: undefined (expected: a production)");
    }
  }
}
