package io.anyserve.grammar.regular;

import io.anyserve.grammar.regular.CodePoints.Range;
import java.util.ArrayList;
import java.util.List;

/** How characters are written. */
public enum Spelling {
  /** As they are, in UTF-8. */
  PLAIN,

  /** Inside a JSON string, with the shortest escape where one is needed. */
  JSON;

  private static final CodePoints ESCAPED = CodePoints.range(0, 0x1f).or(CodePoints.of('"', '\\'));

  Term of(Terms terms, CodePoints characters) {
    return switch (this) {
      case PLAIN -> Utf8Ranges.of(terms, characters);
      case JSON -> {
        List<Term> parts = new ArrayList<>();
        parts.add(Utf8Ranges.of(terms, characters.without(ESCAPED)));
        for (Range range : characters.and(ESCAPED).ranges()) {
          for (int i = range.from(); i <= range.to(); i++) {
            parts.add(terms.literal(escape(i)));
          }
        }
        yield terms.union(parts);
      }
    };
  }

  /** A text; a lone surrogate in it cannot be written. */
  public String of(String text) {
    return switch (this) {
      case PLAIN -> text;
      case JSON -> {
        var written = new StringBuilder();
        text.codePoints()
            .forEach(
                one -> {
                  if (one < ' ' || one == '"' || one == '\\') {
                    written.append(escape(one));
                  } else {
                    written.appendCodePoint(one);
                  }
                });
        yield written.toString();
      }
    };
  }

  private static String escape(int character) {
    return switch (character) {
      case '"' -> "\\\"";
      case '\\' -> "\\\\";
      case '\b' -> "\\b";
      case '\f' -> "\\f";
      case '\n' -> "\\n";
      case '\r' -> "\\r";
      case '\t' -> "\\t";
      default -> "\\u00%02x".formatted(character);
    };
  }
}
