package io.anyserve.ingress.response;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;

/** In the place of a client that left: takes everything and keeps nothing. */
enum DiscardingSink implements ResponseSink {
  NO_CLIENT;

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void opened(ResponseStream stream) {}

  @Override
  public void accepted() {}

  @Override
  public void started(int attempt, Started started) {}

  @Override
  public void chunk(Chunk chunk) {}

  @Override
  public void finished(Finished finished) {}

  @Override
  public void failed(Failure failure) {}
}
