package io.anyserve.worker.torch;

import io.anyserve.worker.answer.SpecialMarks;
import io.anyserve.worker.torch.text.Vocabulary;
import java.util.HashMap;
import java.util.Map;

/** The tokens of a model as grammars see them: special ones that are marks have bytes, too. */
final class GrammarTokens {

  private final Vocabulary table;
  private final Map<Integer, byte[]> marks = new HashMap<>();
  private final int[] silent;

  GrammarTokens(Vocabulary table) {
    this.table = table;
    table
        .special()
        .forEach((name, id) -> SpecialMarks.of(name).ifPresent(m -> marks.put(id, m.bytes())));
    this.silent =
        table.special().values().stream()
            .filter(id -> !marks.containsKey(id))
            .mapToInt(id -> id)
            .sorted()
            .toArray();
  }

  int size() {
    return table.size();
  }

  /** The bytes of a token; not to be changed. */
  byte[] bytes(int token) {
    byte[] mark = marks.get(token);
    return mark == null ? table.bytes(token) : mark;
  }

  /** Special tokens that are no marks, which free text may have; not to be changed. */
  int[] silent() {
    return silent;
  }
}
