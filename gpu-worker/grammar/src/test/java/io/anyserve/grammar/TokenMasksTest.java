package io.anyserve.grammar;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.grammar.regular.InvalidGrammarException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A mask has exactly the tokens behind which the state has not failed. */
final class TokenMasksTest {

  private final TestVocabulary vocabulary = new TestVocabulary();

  @Test
  void masksAgreeWithTheState() {
    int states = 0;
    for (int seed = 1000; seed < 1060; seed++) {
      var random = new Random(seed);
      OutputGrammar grammar;
      try {
        grammar = OutputGrammar.jsonSchema(new RandomSchemas(random).document().toString());
      } catch (InvalidGrammarException e) {
        continue;
      }
      states += walk(grammar, random);
    }

    assertTrue(states > 1000, "states " + states);
  }

  @Test
  void masksOfFreeObjectsAgreeWithTheState() {
    for (int seed = 0; seed < 10; seed++) {
      walk(OutputGrammar.json(), new Random(seed));
    }
  }

  @Test
  void masksOfComposedGrammarsAgreeWithTheState() {
    OutputGrammar call =
        OutputGrammar.sequence(
            List.of(
                OutputGrammar.literal("<call>"),
                OutputGrammar.choice(
                    List.of(
                        OutputGrammar.jsonSchema("{\"const\":{\"a\":1}}"),
                        OutputGrammar.regex("[a-c]{0,3}"))),
                OutputGrammar.literal("</call>")));

    for (int seed = 0; seed < 10; seed++) {
      walk(call, new Random(seed));
    }
    assertTrue(JsonSchemaGrammarTest.allows(call, "<call>{\"a\":1}</call>"));
    assertTrue(JsonSchemaGrammarTest.allows(call, "<call></call>"));
  }

  private int walk(OutputGrammar grammar, Random random) {
    TokenMasks masks = vocabulary.masks();
    GrammarState state = grammar.start();
    for (int i = 0; i < 60; i++) {
      long[] mask = vocabulary.mask(masks, state);
      for (int token = 0; token < vocabulary.size(); token++) {
        assertEquals(allowed(state, token), TestVocabulary.has(mask, token), "token " + token);
      }
      int next = vocabulary.choose(mask, random, false);
      if (next == vocabulary.end()) {
        return i;
      }
      state = state.advance(vocabulary.bytes(next));
    }
    return 60;
  }

  private boolean allowed(GrammarState state, int token) {
    byte[] bytes = vocabulary.bytes(token);
    return bytes.length == 0
        ? token == vocabulary.end() && state.mayEnd()
        : !state.advance(bytes).failed();
  }
}
