package io.anyserve.grammar.automaton;

import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Spelling;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;

/** The words of arrays and objects, with the white space that may surround them. */
public record Punctuation(
    Term openArray,
    Term emptyArray,
    Term closeArray,
    Term openObject,
    Term emptyObject,
    Term closeObject,
    Term comma,
    Term colon,
    Term quote,
    Term commaQuote) {

  public static Punctuation of(Terms terms) {
    Term space = JsonTerms.SPACE;
    return new Punctuation(
        terms.concat(terms.literal("["), space),
        terms.literal("]"),
        terms.concat(space, terms.literal("]")),
        terms.concat(terms.literal("{"), space),
        terms.literal("}"),
        terms.concat(space, terms.literal("}")),
        terms.concat(terms.literal(","), space),
        terms.concat(terms.literal(":"), space),
        terms.literal("\""),
        terms.concat(terms.literal(","), space, terms.literal("\"")));
  }

  /** A name and the colon behind it. */
  Term name(Terms terms, String name) {
    return terms.concat(terms.literal("\"" + Spelling.JSON.of(name) + "\""), colon);
  }
}
