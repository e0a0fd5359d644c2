package io.anyserve.worker.torch;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.sampling.OutputFormat;
import io.anyserve.grammar.OutputGrammar;
import io.anyserve.grammar.TokenMasks;
import io.anyserve.grammar.TokenTrie;
import io.anyserve.grammar.regular.InvalidGrammarException;
import io.anyserve.worker.answer.AnswerGrammar;
import io.anyserve.worker.torch.text.Vocabulary;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the constraints of answers of one model, and remembers the grammars that were used last.
 * Owned by the engine thread.
 */
final class OutputConstraints {

  private static final int MOST_GRAMMARS = 32;
  private static final int DELETE = 0x7f;

  /** Behind it are the first bytes of planes that have no characters yet, or tags. */
  private static final int LAST_REQUIRED = 0xf0;

  private final GrammarTokens tokens;
  private final LinkedHashMap<Object, OutputGrammar> grammars =
      new LinkedHashMap<>(16, 0.75f, true);

  /** Of the first constraint on; most engines see none. */
  private @Nullable TokenMasks masks;

  OutputConstraints(Vocabulary table) {
    this.tokens = new GrammarTokens(table);
  }

  /**
   * The grammar of a format; nothing for any text.
   *
   * @throws FailureException INVALID_REQUEST, where the format is not supported
   */
  Optional<OutputGrammar> grammar(OutputFormat format) {
    return format instanceof OutputFormat.Text
        ? Optional.empty()
        : Optional.of(remembered(format, () -> compile(format)));
  }

  /**
   * The grammar of an answer with tools.
   *
   * @throws FailureException INVALID_REQUEST, where a schema is not supported
   */
  OutputGrammar grammar(AnswerGrammar answer) {
    return remembered(answer, answer::compile);
  }

  private OutputGrammar remembered(Object description, Supplier<OutputGrammar> compile) {
    OutputGrammar grammar = grammars.get(description);
    if (grammar == null) {
      grammar = compile.get();
      grammars.put(description, grammar);
      if (grammars.size() > MOST_GRAMMARS) {
        grammars.remove(grammars.firstEntry().getKey());
      }
    }
    return grammar;
  }

  /**
   * The constraint of a new answer.
   *
   * @param endTokens tokens that end the answer
   */
  OutputConstraint of(OutputGrammar grammar, Set<Integer> endTokens) {
    return new OutputConstraint(grammar, tokens, masks(), endTokens);
  }

  private static OutputGrammar compile(OutputFormat format) {
    try {
      return switch (format) {
        case OutputFormat.Text() -> OutputGrammar.regex("(.|\\n)*");
        case OutputFormat.JsonObject() -> OutputGrammar.json();
        case OutputFormat.JsonSchema(String schema) -> OutputGrammar.jsonSchema(schema);
        case OutputFormat.Regex(String pattern) -> OutputGrammar.regex(pattern);
      };
    } catch (InvalidGrammarException e) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST, "output_format: " + String.valueOf(e.getMessage()));
    }
  }

  private TokenMasks masks() {
    TokenMasks ready = masks;
    if (ready == null) {
      byte[][] bytes = new byte[tokens.size()][];
      boolean[] single = new boolean[256];
      for (int token = 0; token < bytes.length; token++) {
        bytes[token] = tokens.bytes(token);
        if (bytes[token].length == 1) {
          single[bytes[token][0] & 0xff] = true;
        }
      }
      requireBytes(single);
      ready = new TokenMasks(TokenTrie.of(bytes));
      masks = ready;
    }
    return ready;
  }

  /** With a token for each of these bytes, every string can be completed. */
  private static void requireBytes(boolean... single) {
    for (int value = ' '; value <= LAST_REQUIRED; value++) {
      boolean unused = value == DELETE || (value & 0xfe) == 0xc0;
      if (!unused && !single[value]) {
        throw new FailureException(
            FailureCode.INVALID_REQUEST,
            "output_format: the model has no token for byte %02x (expected: one for each byte)"
                .formatted(value));
      }
    }
  }
}
