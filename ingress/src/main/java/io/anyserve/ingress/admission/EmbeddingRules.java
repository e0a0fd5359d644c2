package io.anyserve.ingress.admission;

import io.anyserve.contracts.Payload;
import io.anyserve.contracts.codec.EmbeddingInputsCodec;
import io.anyserve.contracts.codec.MalformedRecordException;
import io.anyserve.contracts.validation.Preconditions;
import io.anyserve.v1.Inference;
import io.anyserve.v1.Parameters;

/** What a request that embeds texts must keep to beyond all others. */
final class EmbeddingRules {

  private EmbeddingRules() {}

  static void check(Inference message, Payload input, FieldViolations mistakes) {
    mistakes.read("input", () -> texts(input));
    if (!message.getParameters().equals(Parameters.getDefaultInstance())) {
      mistakes.add("parameters", "parameters: set (expected: none, the request embeds texts)");
    }
  }

  /** What lies in the object store is read by the worker. */
  private static Payload texts(Payload input) {
    switch (input) {
      case Payload.ObjectReference(var object) ->
          Preconditions.that(
              object.contentType().equals(EmbeddingInputsCodec.CONTENT_TYPE),
              "object.content_type",
              object.contentType(),
              EmbeddingInputsCodec.CONTENT_TYPE);
      case Payload.Bytes _, Payload.Text _, Payload.Chat _ -> read(input);
    }
    return input;
  }

  private static void read(Payload input) {
    try {
      EmbeddingInputsCodec.read(input);
    } catch (MalformedRecordException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
