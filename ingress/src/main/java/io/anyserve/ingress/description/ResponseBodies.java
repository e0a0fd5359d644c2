package io.anyserve.ingress.description;

import io.anyserve.ingress.openai.ResponseParameters;
import java.util.Map;

/** The bodies of {@code POST /v1/responses} and below it. */
final class ResponseBodies {

  private final CompletionBodies completions;

  ResponseBodies(CompletionBodies completions) {
    this.completions = completions;
  }

  /** By the names of their components. */
  void addTo(Map<String, Schema> schemas) {
    schemas.put("ResponseRequest", body());
    schemas.put("ResponseInputRequest", inputRequest());
    schemas.put("ResponseInputMessage", message());
    schemas.put("ResponseInputPart", part());
    schemas.put("ResponseText", text());
    schemas.put("ResponseStreamOptions", streamOptions());
  }

  private Schema body() {
    var body =
        new BodySchema(
            "ResponseRequest", ResponseParameters.BODY, "A response that is to be made.");
    SamplingSchemas.addTo(body);
    return body.required("model", CompletionBodies.model())
        .required("input", input())
        .optional("instructions", instructions())
        .optional("previous_response_id", previous())
        .optional("max_output_tokens", completions.maxTokens("Most tokens of the answer."))
        .optional("seed", CompletionBodies.seed(""))
        .optional("stream", Schema.flag("Answer with server-sent events.").byDefault(false))
        .optional("stream_options", Schema.ref("ResponseStreamOptions"))
        .optional(
            "store",
            Schema.flag("Keep the response, so that it can be asked for later.").byDefault(true))
        .optional(
            "background",
            Schema.flag("Go on without the client; not with `\"store\": false`.").byDefault(false))
        .optional("truncation", truncation())
        .optional("text", Schema.ref("ResponseText"))
        .optional("metadata", Schema.ref("Metadata"))
        .optional("user", CompletionBodies.label("Kept as the label `user` of the ledger entry."))
        .build()
        .all(Schema.part().with("not", backgroundThatIsNotStored()));
  }

  private static Schema inputRequest() {
    return new BodySchema(
            "ResponseInputRequest", ResponseParameters.INPUT, "The input of a response.")
        .required("model", CompletionBodies.model())
        .required("input", input())
        .optional("instructions", instructions())
        .optional("previous_response_id", previous())
        .optional("truncation", truncation())
        .optional("text", Schema.ref("ResponseText"))
        .build();
  }

  private static Schema instructions() {
    return text("Stands before all messages.");
  }

  private static Schema previous() {
    return text("The response whose conversation goes on.");
  }

  private static Schema truncation() {
    return Schema.string(
            "`auto` leaves out the oldest messages where they do not fit the model's context;"
                + " `disabled` refuses them.")
        .values("auto", "disabled")
        .byDefault("disabled");
  }

  private static Schema backgroundThatIsNotStored() {
    return Schema.part()
        .required("background", Schema.is(true))
        .required("store", Schema.is(false));
  }

  private static Schema input() {
    return Schema.anyOf(
        "A message of the user, or messages, oldest first; one of them is not empty.",
        text("").nonEmpty(),
        Schema.array("", Schema.ref("ResponseInputMessage"))
            .with("minItems", 1)
            .with("contains", CompletionBodies.property("content", CompletionBodies.notEmpty())));
  }

  private Schema message() {
    return new BodySchema(
            "ResponseInputMessage",
            ResponseParameters.MESSAGE,
            "A message; an item of an earlier output can be sent back as it is.")
        .optional("type", Schema.constant("message"))
        .required(
            "role",
            Schema.string("`developer` is the same as `system`.")
                .values("system", "developer", "user", "assistant"))
        .required(
            "content",
            Schema.anyOf(
                "A text, or parts that are joined by line breaks.",
                completions.content(),
                Schema.array("", Schema.ref("ResponseInputPart"))))
        .build();
  }

  private static Schema part() {
    return new BodySchema("ResponseInputPart", ResponseParameters.PART, "A part of a message.")
        .required("type", Schema.string("").values("input_text", "output_text"))
        .required("text", text(""))
        .build();
  }

  private static Schema text() {
    return new BodySchema("ResponseText", ResponseParameters.TEXT, "The form of the answer.")
        .optional("format", Schema.ref("ResponseTextFormat"))
        .build();
  }

  private static Schema streamOptions() {
    return new BodySchema(
            "ResponseStreamOptions", ResponseParameters.STREAM_OPTIONS, "Nothing has an effect.")
        .build();
  }

  private static Schema text(String description) {
    return Schema.string(description).pattern(CompletionBodies.TEXT);
  }
}
