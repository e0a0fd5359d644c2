package io.anyserve.worker.torch.text;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.TokenIds;
import io.anyserve.contracts.image.ContentPart;
import io.anyserve.jinja.value.RenderedPrompt;
import io.anyserve.jinja.value.TemplateException;
import io.anyserve.worker.torch.model.InvalidModelException;
import io.anyserve.worker.torch.model.ModelMetadata;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Makes prompts of what callers send: text as it is, behind the token with which the model's texts
 * begin, and conversations through its template.
 *
 * @param chat absent where the model takes no conversations
 * @param images absent where the model takes no images
 */
public record PromptEncoder(
    TextTokenizer tokenizer, Optional<ChatRenderer> chat, Optional<ImagePrompts> images) {

  /**
   * A prompt.
   *
   * @param end what the template wrote at its end; empty where there is no template
   */
  public record Prompt(TokenIds tokens, String end) {}

  /**
   * Parses the template once, so that a broken one is found when the model is loaded.
   *
   * @param source what a message about it names
   */
  public static PromptEncoder of(
      Path source, ModelMetadata files, TextTokenizer tokenizer, Optional<ImagePrompts> images) {
    return new PromptEncoder(
        tokenizer,
        files.chatFormat().map(chat -> parsed(source, chat, images.isPresent())),
        images);
  }

  /** The tokens of {@link #prompt}. */
  public int[] encode(Payload input, int most) {
    return prompt(input, most).tokens().toArray();
  }

  /**
   * The prompt that an input makes.
   *
   * @param most tokens that it may have
   * @throws FailureException when the input is not text, not what the template takes, empty or too
   *     long
   */
  public Prompt prompt(Payload input, int most) {
    Prompt prompt =
        switch (input) {
          case Payload.Text(String text) -> text(text, most);
          case Payload.Chat conversation -> chat(conversation, most);
          case Payload.Bytes data -> text(text(data), most);
          case Payload.ObjectReference stored ->
              throw invalid("input: " + stored.object().key() + " (expected: content)");
        };
    int length = prompt.tokens().size();
    if (length == 0) {
      throw invalid("prompt: 0 tokens (expected: at least 1)");
    }
    if (length > most) {
      throw tooLong(length + " tokens", most);
    }
    return prompt;
  }

  private Prompt text(String text, int most) {
    refuseHopeless(text, most);
    return new Prompt(TokenIds.of(tokenizer.encodeAlone(text)), "");
  }

  private Prompt chat(Payload.Chat conversation, int most) {
    ChatRenderer renderer =
        chat.orElseThrow(
            () -> invalid("input: a conversation (expected: text, the model has no template)"));
    try {
      RenderedPrompt prompt = withImages(conversation, renderer.render(conversation));
      refuseHopeless(prompt.text(), most);
      return new Prompt(TokenIds.of(tokenizer.encode(prompt)), end(prompt));
    } catch (TemplateException e) {
      throw new FailureException(
          FailureCode.INVALID_REQUEST, "conversation: refused by the template: " + message(e), e);
    }
  }

  private RenderedPrompt withImages(Payload.Chat conversation, RenderedPrompt prompt) {
    List<ContentPart> shown = conversation.images();
    if (images.isEmpty() && !shown.isEmpty()) {
      throw invalid("images: " + shown.size() + " (expected: none, the model reads text alone)");
    }
    return images.map(known -> new ImageExpansion(known).expand(prompt, shown)).orElse(prompt);
  }

  private static String end(RenderedPrompt prompt) {
    var segments = prompt.segments();
    return segments.isEmpty() || !segments.getLast().fromTemplate()
        ? ""
        : segments.getLast().text();
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

  private static ChatRenderer parsed(Path source, ModelMetadata.ChatFormat format, boolean parts) {
    try {
      return ChatRenderer.of(format, parts);
    } catch (TemplateException e) {
      throw new InvalidModelException(
          source, "chat template: " + message(e), "a template that can be read", e);
    }
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
