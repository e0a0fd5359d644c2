package io.anyserve.grammar.schema;

import io.anyserve.grammar.regular.JsonTerms;
import io.anyserve.grammar.regular.Numbers;
import io.anyserve.grammar.regular.Patterns;
import io.anyserve.grammar.regular.Spelling;
import io.anyserve.grammar.regular.Term;
import io.anyserve.grammar.regular.Terms;
import java.math.BigDecimal;

/** The keywords of strings; lengths count characters. */
final class StringKeywords {

  private static final int LONGEST = Integer.MAX_VALUE;

  private final Terms terms;
  private final Patterns patterns;

  StringKeywords(Terms terms) {
    this.terms = terms;
    this.patterns = new Patterns(terms, Spelling.JSON);
  }

  Shape shape(Shape any, Keywords schema, String keyword) {
    return switch (keyword) {
      case "minLength" -> any.strings(lengths(schema));
      case "maxLength" -> schema.has("minLength") ? any : any.strings(lengths(schema));
      case "pattern" -> any.strings(pattern(schema));
      default -> format(any, schema);
    };
  }

  private Term lengths(Keywords schema) {
    int min = schema.has("minLength") ? schema.count("minLength") : 0;
    int max = schema.has("maxLength") ? schema.count("maxLength") : Terms.UNBOUNDED;
    if (max != Terms.UNBOUNDED && min > max) {
      return terms.nothing();
    }
    boolean ofFormat =
        schema.has("format")
            && StringFormat.of(schema.string("format"))
                .map(format -> format.within(min, max == Terms.UNBOUNDED ? LONGEST : max))
                .orElse(false);
    return ofFormat ? JsonTerms.STRING_BODY : terms.repeat(JsonTerms.ANY_CHARACTER, min, max);
  }

  private Term pattern(Keywords schema) {
    return patterns.anywhere(schema.string("pattern"));
  }

  /** Those of numbers are what OpenAPI adds. */
  private Shape format(Shape any, Keywords schema) {
    String format = schema.string("format");
    return switch (format) {
      case "float", "double" -> any;
      case "int32" -> any.numbers(between(Integer.MIN_VALUE, Integer.MAX_VALUE));
      case "int64" -> any;
      default ->
          any.strings(
              patterns.trusted(
                  StringFormat.of(format)
                      .orElseThrow(() -> schema.refusal("format", StringFormat.all()))
                      .pattern()));
    };
  }

  private Term between(long low, long high) {
    var numbers = new Numbers(terms);
    return terms.intersection(
        numbers.decimalsFrom(new Numbers.Bound(BigDecimal.valueOf(low), false)),
        numbers.decimalsTo(new Numbers.Bound(BigDecimal.valueOf(high), false)));
  }
}
