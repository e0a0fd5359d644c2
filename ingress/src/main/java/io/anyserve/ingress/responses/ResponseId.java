package io.anyserve.ingress.responses;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.SessionId;
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

  /** The id of the answer's message. */
  String outputItem() {
    return "msg_" + request;
  }

  /** The id of a message of the input. */
  String inputItem(int index) {
    return "msg_" + request + "_" + index;
  }

  @Override
  public String toString() {
    return PREFIX + request;
  }
}
