package io.anyserve.ingress.chat;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.anyserve.ingress.chat.ChatCommand.AnswerOptions;
import io.anyserve.ingress.chat.ChatCommand.Regenerate;
import io.anyserve.ingress.chat.ChatCommand.Resume;
import io.anyserve.ingress.chat.ChatCommand.Send;
import io.anyserve.ingress.chat.ChatCommand.Stop;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.BodyFields;
import io.anyserve.ingress.openai.StrictJson;
import io.anyserve.runtime.fuzz.ByteChoices;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads arbitrary texts as commands of a chat: each is refused by an ApiException, or read as a
 * command that is the same when it is written and read again.
 */
public final class ChatCommandFuzz {

  private ChatCommandFuzz() {}

  public static void fuzzerTestOneInput(byte[] input) {
    var choices = new ByteChoices(input);
    byte[] text =
        choices.flag() ? ChatSeeds.LIKE.text(choices).getBytes(ISO_8859_1) : choices.rest();
    try {
      ChatCommand command = read(text);
      ChatCommand again = read(written(command).toString().getBytes(UTF_8));
      if (!command.equals(again)) {
        throw new AssertionError(command + "\nread again: " + again);
      }
    } catch (ApiException e) {
      if (e.error().status() != 400) {
        throw new AssertionError(e.error().toString(), e);
      }
    }
  }

  private static ChatCommand read(byte[] text) {
    return ChatCommandReader.read(new BodyFields("", StrictJson.parse(text)));
  }

  private static ObjectNode written(ChatCommand command) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    switch (command) {
      case Send send -> {
        json.put("type", "send").put("conversation", send.conversation().value());
        json.put("message", send.message().value()).put("content", send.content());
        send.parent().ifPresent(parent -> json.put("parent", parent.value()));
        put(json, send.answer());
      }
      case Regenerate again -> {
        json.put("type", "regenerate").put("conversation", again.conversation().value());
        json.put("message", again.message().value());
        put(json, again.answer());
      }
      case Stop stop -> json.put("type", "stop").put("answer", stop.answer().value());
      case Resume resume -> {
        json.put("type", "resume").put("conversation", resume.conversation().value());
        json.put("answer", resume.answer().value());
        resume.position().ifPresent(position -> json.put("position", position));
      }
    }
    return json;
  }

  private static void put(ObjectNode json, AnswerOptions options) {
    json.put("model", options.model());
    options.system().ifPresent(system -> json.put("system", system));
    options.parameters().ifPresent(parameters -> json.set("parameters", parameters));
  }
}
