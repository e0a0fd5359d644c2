package io.anyserve.chaos.client;

/** A call that goes on until its end or until its client leaves. */
interface OpenCall {

  /** Ends the call; nothing is handed on any more. */
  void drop();
}
