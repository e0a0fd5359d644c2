package io.anyserve.ingress.description;

import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The WebSocket of chats, for which OpenAPI has no words: an extension of the document. */
final class ChatSocketDescription {

  static final String ROUTE = "WS /chat/ws";

  private static final String CONVERSATION = "conversation";
  private static final String MESSAGE = "message";
  private static final String ANSWER = "answer";
  private static final String MODEL = "model";

  private ChatSocketDescription() {}

  static ObjectNode json() {
    ObjectNode json = Schema.part().json();
    json.put("summary", "Chat over a WebSocket");
    json.put(
        "description",
        "Text frames of one JSON object each. An answer depends on no socket and no ingress. A"
            + " browser, which cannot set `Authorization`, offers `anyserve.key.` and the key in"
            + " base64url as a second subprotocol. An upgrade that is refused is answered with an"
            + " `Error` and 400, 401, 403 or 421.");
    json.put("subprotocol", "anyserve.chat.v1");
    ArrayNode sends = json.putArray("client");
    sends.add(send().json());
    sends.add(regenerate().json());
    sends.add(stop().json());
    sends.add(resume().json());
    ArrayNode receives = json.putArray("server");
    receives.add(accepted().json());
    receives.add(delta().json());
    receives.add(finished().json());
    receives.add(failed().json());
    return json;
  }

  private static Schema frame(String type, String description) {
    return Schema.object(description).closed().required("type", Schema.constant(type));
  }

  private static Schema send() {
    return answered(
        frame("send", "A message of the user, and a request for an answer.")
            .required(CONVERSATION, ConversationSchemas.id("Chosen by the client."))
            .required(MESSAGE, ConversationSchemas.id("Chosen by the client."))
            .optional(
                "parent", ConversationSchemas.id("The message before it; null for none.").orNull())
            .required("content", Schema.string("")));
  }

  private static Schema regenerate() {
    return answered(
        frame("regenerate", "Another answer to a message of the user.")
            .required(CONVERSATION, ConversationSchemas.id(""))
            .required(MESSAGE, ConversationSchemas.id("")));
  }

  private static Schema answered(Schema frame) {
    return frame
        .required(MODEL, CompletionBodies.model())
        .optional("system", Schema.string("An instruction for this answer.").orNull())
        .optional(
            "parameters",
            Schema.object(
                    "Those of a `ChatCompletionRequest` but `messages`, `model`, `n`, `stream` and"
                        + " `stream_options`.")
                .orNull());
  }

  private static Schema stop() {
    return frame("stop", "Stops an answer.").required(ANSWER, ConversationSchemas.id(""));
  }

  private static Schema resume() {
    return frame("resume", "The rest of an answer behind a position; all of it where that is null.")
        .required(CONVERSATION, ConversationSchemas.id(""))
        .required(ANSWER, ConversationSchemas.id(""))
        .optional("position", Schema.string("Of the last piece that came.").orNull());
  }

  private static Schema accepted() {
    return frame("accepted", "The answer is in the history, and its pieces follow.")
        .required(CONVERSATION, ConversationSchemas.id(""))
        .optional(MESSAGE, ConversationSchemas.id(""))
        .required(ANSWER, ConversationSchemas.id(""))
        .required("request", Schema.string("").format("uuid"))
        .required(MODEL, Schema.string(""));
  }

  private static Schema delta() {
    return frame("delta", "The next piece of an answer.")
        .required(ANSWER, ConversationSchemas.id(""))
        .required("position", Schema.string("For `resume`."))
        .required("text", Schema.string(""));
  }

  private static Schema finished() {
    return frame("finished", "The answer is complete in the history.")
        .required(ANSWER, ConversationSchemas.id(""))
        .required("finish_reason", Schema.string("").values("stop", "length", "cancelled"))
        .required("usage", Schema.ref("ConversationUsage"))
        .optional("cost", Schema.ref("ConversationCost"));
  }

  private static Schema failed() {
    return frame(
            "failed",
            "With `answer`, that answer has ended or cannot be followed here; without, what the"
                + " client sent was refused.")
        .optional(ANSWER, Schema.string(""))
        .optional(MESSAGE, Schema.string(""))
        .required("error", Schema.ref("ErrorDetail"));
  }
}
