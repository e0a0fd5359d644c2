package io.anyserve.grammar.regular;

import io.anyserve.grammar.regular.Syntax.Alternatives;
import io.anyserve.grammar.regular.Syntax.End;
import io.anyserve.grammar.regular.Syntax.Repeated;
import io.anyserve.grammar.regular.Syntax.Sequence;
import io.anyserve.grammar.regular.Syntax.Start;
import java.util.ArrayList;
import java.util.List;

/** Turns patterns into terms. */
public final class Patterns {

  private static final Syntax ANYTHING =
      new Repeated(new Syntax.OneCharacter(CodePoints.ALL), 0, Terms.UNBOUNDED);
  private static final Syntax EMPTY = new Sequence(List.of());

  private final Terms terms;
  private final Spelling spelling;

  public Patterns(Terms terms, Spelling spelling) {
    this.terms = terms;
    this.spelling = spelling;
  }

  /** The texts that the pattern matches as a whole. */
  public Term whole(String pattern) {
    Syntax parsed = PatternParser.parse(pattern);
    return checked(pattern, end(start(parsed, EMPTY), EMPTY));
  }

  /** The texts of which a part matches the pattern. */
  public Term anywhere(String pattern) {
    Syntax parsed = PatternParser.parse(pattern);
    return checked(pattern, end(start(parsed, ANYTHING), ANYTHING));
  }

  /** As {@link #whole}, of a pattern that is known to have few states. */
  public Term trusted(String pattern) {
    return term(end(start(PatternParser.parse(pattern), EMPTY), EMPTY));
  }

  private Term checked(String pattern, Syntax syntax) {
    try {
      return Exploration.withoutDeadEnds(term(syntax));
    } catch (Misplaced e) {
      throw InvalidGrammarException.of(
          "pattern \"" + pattern + "\"", "anchors at the ends of the pattern only");
    }
  }

  /** Puts what may come first before every alternative that is not anchored. */
  private static Syntax start(Syntax syntax, Syntax before) {
    return switch (syntax) {
      case Start() -> EMPTY;
      case Alternatives(List<Syntax> parts) ->
          new Alternatives(parts.stream().map(part -> start(part, before)).toList());
      case Sequence(List<Syntax> parts) when !parts.isEmpty() -> {
        List<Syntax> all = new ArrayList<>(parts);
        all.set(0, start(parts.getFirst(), before));
        yield new Sequence(all);
      }
      case Sequence(var _), Syntax.OneCharacter(var _), Repeated(var _, var _, var _), End() ->
          new Sequence(List.of(before, syntax));
    };
  }

  private static Syntax end(Syntax syntax, Syntax behind) {
    return switch (syntax) {
      case End() -> EMPTY;
      case Alternatives(List<Syntax> parts) ->
          new Alternatives(parts.stream().map(part -> end(part, behind)).toList());
      case Sequence(List<Syntax> parts) when !parts.isEmpty() -> {
        List<Syntax> all = new ArrayList<>(parts);
        all.set(parts.size() - 1, end(parts.getLast(), behind));
        yield new Sequence(all);
      }
      case Sequence(var _), Syntax.OneCharacter(var _), Repeated(var _, var _, var _), Start() ->
          new Sequence(List.of(syntax, behind));
    };
  }

  private Term term(Syntax syntax) {
    return switch (syntax) {
      case Syntax.OneCharacter(CodePoints characters) -> spelling.of(terms, characters);
      case Sequence(List<Syntax> parts) ->
          terms.concat(parts.stream().map(this::term).toArray(Term[]::new));
      case Alternatives(List<Syntax> parts) -> terms.union(parts.stream().map(this::term).toList());
      case Repeated(Syntax part, int min, int max) -> terms.repeat(term(part), min, max);
      case Start(), End() -> throw new Misplaced();
    };
  }

  /** An anchor inside of a pattern. */
  private static final class Misplaced extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
