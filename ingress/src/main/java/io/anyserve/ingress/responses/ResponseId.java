package io.anyserve.ingress.responses;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
import io.anyserve.ingress.openai.response.InputItem;
import java.util.Optional;

/**
 * One response, named by its request.
 *
 * @param request that makes it
 */
record ResponseId(RequestId request) {

  private static final String PREFIX = "resp_";

  /** Empty for what is no id of a response. */
  static Optional<ResponseId> parse(String text) {
    if (!text.startsWith(PREFIX)) {
      return Optional.empty();
    }
    try {
      var id = new ResponseId(RequestId.parse(text.substring(PREFIX.length())));
      return id.toString().equals(text) ? Optional.of(id) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Under which the conversation store keeps it. */
  SessionId session() {
    return new SessionId(toString());
  }

  /** The id of an item of the input. */
  String inputItem(int index, InputItem item) {
    String kind =
        switch (item) {
          case InputItem.Message _ -> "msg_";
          case InputItem.FunctionCall _ -> "fc_";
          case InputItem.FunctionCallOutput _ -> "fco_";
          case InputItem.Reasoning _ -> "rs_";
        };
    return kind + request + "_" + index;
  }

  @Override
  public String toString() {
    return PREFIX + request;
  }
}
