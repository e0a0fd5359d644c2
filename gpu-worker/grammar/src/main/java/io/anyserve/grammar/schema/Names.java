package io.anyserve.grammar.schema;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.grammar.regular.Spelling;
import io.anyserve.grammar.regular.Term;

/** Names of properties as they are written. */
final class Names {

  private Names() {}

  static boolean matches(Term names, String name) {
    Term term = names;
    for (byte one : Spelling.JSON.of(name).getBytes(UTF_8)) {
      term = term.next(one & 0xff);
    }
    return term.nullable();
  }
}
