package io.anyserve.grammar;

import io.anyserve.grammar.automaton.Configuration;
import io.anyserve.grammar.automaton.Elements;
import io.anyserve.grammar.automaton.Production;
import io.anyserve.grammar.automaton.Punctuation;
import io.anyserve.grammar.regular.Exploration;
import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Patterns;
import io.anyserve.grammar.regular.Spelling;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import io.anyserve.grammar.schema.SchemaCompiler;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The documents that a model may write, in UTF-8.
 *
 * <p>Whatever a {@link GrammarState} of it has allowed so far can be completed to a document.
 * Immutable; any thread may use it.
 */
public final class OutputGrammar {

  private static final String OBJECT = "{\"type\":\"object\"}";

  private final Production production;

  private OutputGrammar(Production production) {
    this.production = production;
  }

  /** Any JSON object. */
  public static OutputGrammar json() {
    return jsonSchema(OBJECT);
  }

  /**
   * The JSON documents that a schema describes.
   *
   * @param schema of JSON Schema 2020-12 or draft-07
   * @throws InvalidGrammarException where it is no schema, uses what is not supported, or describes
   *     no document
   */
  public static OutputGrammar jsonSchema(String schema) {
    return new OutputGrammar(SchemaCompiler.compile(schema));
  }

  /**
   * The texts that a pattern matches from their first character to their last.
   *
   * @param pattern in the syntax of ECMAScript's Unicode mode, without look-around and back
   *     references
   * @throws InvalidGrammarException where it is no pattern, uses what is not supported, or matches
   *     no text
   */
  public static OutputGrammar regex(String pattern) {
    Terms terms = JsonTerms.terms();
    Term term = Exploration.withoutDeadEnds(new Patterns(terms, Spelling.PLAIN).whole(pattern));
    if (term.isNothing()) {
      throw InvalidGrammarException.of(
          "pattern \"" + pattern + "\"", "a pattern that some text matches");
    }
    terms.complete();
    return new OutputGrammar(new Production.Word(term));
  }

  /** One text. */
  public static OutputGrammar literal(String text) {
    Terms terms = JsonTerms.terms();
    Term term = terms.literal(text);
    terms.complete();
    return new OutputGrammar(new Production.Word(term));
  }

  /** A mark that is a special token, or is text. */
  public static OutputGrammar mark(Mark mark) {
    Terms terms = JsonTerms.terms();
    Term term = terms.literal(mark.bytes());
    terms.complete();
    return new OutputGrammar(new Production.Word(term));
  }

  /** Any text in which none of the marks comes up. */
  public static OutputGrammar textWithout(List<Mark> marks) {
    return new OutputGrammar(FreeText.without(marks));
  }

  /**
   * Any text that may end anywhere but within a document, one of which follows each trigger.
   *
   * @param first triggers of the text up to the end of the first document
   * @param later triggers of the text behind each document
   */
  public static OutputGrammar freeText(List<Trigger> first, List<Trigger> later) {
    return new OutputGrammar(FreeText.of(first, later));
  }

  /** A document as often as the model likes, one behind the other. */
  public static OutputGrammar repeated(OutputGrammar part) {
    var rule = new Production.Rule();
    Production more = new Production.Series(List.of(part.production, rule));
    rule.define(new Production.Alternatives(List.of(new Production.Word(JsonTerms.EMPTY), more)));
    return new OutputGrammar(rule);
  }

  /** A JSON array of one document or more. */
  public static OutputGrammar array(OutputGrammar element) {
    Terms terms = JsonTerms.terms();
    var punctuation = Punctuation.of(terms);
    terms.complete();
    return new OutputGrammar(
        new Elements(punctuation, List.of(), Optional.of(element.production), 1, Terms.UNBOUNDED));
  }

  /** One document behind the other, with nothing between them. */
  public static OutputGrammar sequence(List<OutputGrammar> parts) {
    return new OutputGrammar(new Production.Series(productions(parts)));
  }

  /** A document of any of them, at least one. */
  public static OutputGrammar choice(List<OutputGrammar> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("parts: 0 (expected: >= 1)");
    }
    return new OutputGrammar(new Production.Alternatives(productions(parts)));
  }

  /** Before the first byte. */
  public GrammarState start() {
    return new GrammarState(Set.of(Configuration.start(production)));
  }

  Production production() {
    return production;
  }

  private static List<Production> productions(List<OutputGrammar> parts) {
    return parts.stream().map(part -> part.production).toList();
  }
}
