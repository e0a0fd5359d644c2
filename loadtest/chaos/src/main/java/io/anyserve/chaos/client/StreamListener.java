package io.anyserve.chaos.client;

import io.anyserve.contracts.RequestId;

/** What the pieces of an answer over HTTP or a WebSocket mean for the client. */
interface StreamListener {

  /**
   * The request was accepted.
   *
   * @param resumeToken to get the answer from its beginning; empty where there is none
   */
  void accepted(RequestId id, String resumeToken);

  /**
   * A piece of the answer.
   *
   * @param resumeToken to go on behind it
   */
  void piece(String resumeToken, String text);

  /**
   * The end of the answer.
   *
   * @param tokens of the answer, as the usage says; -1 where nothing said that
   */
  void finished(long tokens);

  void failed(ClientError error);

  /** The call was closed without an end of the stream. */
  void cut();
}
