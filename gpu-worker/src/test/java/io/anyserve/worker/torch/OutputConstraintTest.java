package io.anyserve.worker.torch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.ChatMessage;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.tool.ToolChoice;
import io.anyserve.contracts.tool.ToolDefinition;
import io.anyserve.contracts.tool.ToolOptions;
import io.anyserve.worker.answer.AnswerFormat;
import io.anyserve.worker.answer.AnswerParsers;
import io.anyserve.worker.answer.ToolCallFormat;
import io.anyserve.worker.torch.model.TokenizerFile;
import io.anyserve.worker.torch.text.Vocabulary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class OutputConstraintTest {

  private @TempDir Path folder;
  private Vocabulary table;
  private int otherSpecial;

  @BeforeEach
  void readTable() throws IOException {
    table = Vocabulary.read(TokenizerFile.of(TinyModel.write(folder)));
    otherSpecial =
        table.special().values().stream()
            .filter(id -> id != TinyModel.END)
            .findFirst()
            .orElseThrow();
  }

  @Test
  void strictCallsAreHeldAndTextIsFree() {
    OutputConstraint constraint = strict(ToolCallFormat.HERMES);
    assertAllowed(constraint, true, 'a', 0xff, otherSpecial, TinyModel.END);
    accept(constraint, "Well <tool_call>");
    assertAllowed(constraint, true, '{', '\n');
    assertAllowed(constraint, false, 'a', 0xff, otherSpecial, TinyModel.END);
    assertFalse(constraint.accept('a'));
    accept(constraint, "{\"name\": \"clock\", \"arguments\": {");
    assertAllowed(constraint, true, '}');
    assertAllowed(constraint, false, '"', TinyModel.END);
    accept(constraint, "}}");
    assertAllowed(constraint, true, 'a', otherSpecial, TinyModel.END);
    assertFalse(constraint.complete());
    assertFalse(constraint.stuck());
  }

  @Test
  void onlyStrictToolsThatMayBeCalledAreHeld() {
    var parsers =
        new AnswerParsers(new AnswerFormat(Optional.of(ToolCallFormat.LLAMA), Optional.empty()));
    var strict = new ToolDefinition("clock", "", "{\"additionalProperties\":false}", true);
    var loose = new ToolDefinition("note", "", "", false);
    assertTrue(parsers.strictCalls(chat(ToolChoice.AUTO, loose, strict), "").isPresent());
    assertFalse(parsers.strictCalls(chat(ToolChoice.AUTO, loose), "").isPresent());
    assertFalse(parsers.strictCalls(chat(ToolChoice.NONE, strict), "").isPresent());
    assertFalse(parsers.strictCalls(chat(ToolChoice.REQUIRED, strict), "").isPresent());
    assertFalse(AnswerParsers.PLAIN.strictCalls(chat(ToolChoice.AUTO, strict), "").isPresent());
  }

  private OutputConstraint strict(ToolCallFormat format) {
    var parsers = new AnswerParsers(new AnswerFormat(Optional.of(format), Optional.empty()));
    var constraints = new OutputConstraints(table);
    var clock =
        new ToolDefinition(
            "clock", "", "{\"type\":\"object\",\"additionalProperties\":false}", true);
    var grammar =
        constraints.grammar(parsers.strictCalls(chat(ToolChoice.AUTO, clock), "").orElseThrow());
    return constraints.of(grammar, Set.of(TinyModel.END));
  }

  private static Payload chat(ToolChoice choice, ToolDefinition... tools) {
    return new Payload.Chat(
        List.of(new ChatMessage("user", "Hi")),
        new ToolOptions(List.of(tools), choice, true),
        Optional.empty());
  }

  private static void accept(OutputConstraint constraint, String text) {
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      assertTrue(constraint.accept(one & 0xff), text);
    }
  }

  private void assertAllowed(OutputConstraint constraint, boolean allowed, int... tokens) {
    long[] mask = new long[(table.size() + 63) / 64];
    constraint.write(mask, 0);
    for (int token : tokens) {
      assertEquals(allowed, ((mask[token / 64] >>> (token % 64)) & 1) != 0, "token " + token);
    }
  }
}
