package io.anyserve.worker.torch.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.jinja.ChatTemplate;
import io.anyserve.jinja.TemplateMessage;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes prompts of what callers send: text as it is, conversations through the model's template.
 *
 * @param template absent where the model takes no conversations
 * @param variables special tokens that the template may name
 */
public record PromptEncoder(
    TextTokenizer tokenizer, Optional<ChatTemplate> template, Map<String, ?> variables) {

  /**
   * Parses the template once, so that a broken one is found when the model is loaded.
   *
   * @param source what a message about it names
   */
  public static PromptEncoder of(Path source, ModelMetadata files, TextTokenizer tokenizer) {
    Optional<ModelMetadata.ChatFormat> format = files.chatFormat();
    return new PromptEncoder(
        tokenizer,
        format.map(chat -> parsed(source, chat.template())),
        format.map(PromptEncoder::variables).orElse(Map.of()));
  }

  /**
   * The tokens of a prompt.
   *
   * @param most tokens that it may have
   * @throws FailureException when the input is not text, not what the template takes, empty or too
   *     long
   */
  public int[] encode(Payload input, int most) {
    int[] prompt =
        switch (input) {
          case Payload.Text(String text) -> text(text, most);
          case Payload.Chat(var messages) -> chat(messages, most);
          case Payload.Bytes data -> text(text(data), most);
          case Payload.ObjectReference stored ->
              throw invalid("input: " + stored.object().key() + " (expected: content)");
        };
    if (prompt.length == 0) {
      throw invalid("prompt: 0 tokens (expected: at least 1)");
    }
    if (prompt.length > most) {
      throw tooLong(prompt.length + " tokens", most);
    }
    return prompt;
  }

  private int[] text(String text, int most) {
    refuseHopeless(text, most);
    return tokenizer.encode(text);
  }

  private int[] chat(List<io.anyserve.contracts.ChatMessage> messages, int most) {
    ChatTemplate chat =
        template.orElseThrow(
            () -> invalid("input: a conversation (expected: text, the model has no template)"));
    List<TemplateMessage> turns =
        messages.stream().map(turn -> new TemplateMessage(turn.role(), turn.content())).toList();
    try {
      RenderedPrompt prompt = chat.render(turns, variables);
      refuseHopeless(prompt.text(), most);
      return tokenizer.encode(prompt);
    } catch (TemplateException e) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST, "conversation: refused by the template: " + message(e), e);
    }
  }

  /** Texts that no tokenizer could make short enough are not worth the time that it would take. */
  private void refuseHopeless(String text, int most) {
    long least = text.length() / tokenizer.mostCharacters();
    if (least > most) {
      throw tooLong("at least " + least + " tokens", most);
    }
  }

  /** The text of data; throws FailureException when it is something else. */
  public static String text(Payload.Bytes data) {
    if (!data.contentType().startsWith("text/")) {
      throw invalid("content type: " + data.contentType() + " (expected: text/...)");
    }
    try {
      ByteBuffer bytes = data.bytes().asReadOnlyByteBuffer();
      return UTF_8.newDecoder().decode(bytes).toString();
    } catch (CharacterCodingException e) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST, "input: malformed bytes (expected: UTF-8)", e);
    }
  }

  private static ChatTemplate parsed(Path source, String template) {
    try {
      return ChatTemplate.parse(template);
    } catch (TemplateException e) {
      throw new InvalidModelException(
          source, "chat template: " + message(e), "a template that can be read", e);
    }
  }

  private static Map<String, ?> variables(ModelMetadata.ChatFormat format) {
    return Map.of(
        "add_generation_prompt",
        true,
        "bos_token",
        format.beginToken(),
        "eos_token",
        format.endToken());
  }

  private static FailureException tooLong(String length, int most) {
    return new FailureException(
        FailureCode.CONTEXT_LENGTH_EXCEEDED,
        "prompt: " + length + " (expected: at most " + most + ")");
  }

  private static FailureException invalid(String message) {
    return new FailureException(FailureCode.INVALID_REQUEST, message);
  }

  private static String message(TemplateException e) {
    return InvalidModelException.printable(String.valueOf(e.getMessage()));
  }
}
