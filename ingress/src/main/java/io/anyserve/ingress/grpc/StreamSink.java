package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.reply.Reply;
import io.anyserve.ingress.reply.ReplySink;
import io.anyserve.v1.InferStreamResponse;
import io.grpc.stub.ServerCallStreamObserver;

/** Streams an answer to a gRPC caller as it comes. */
final class StreamSink implements ReplySink {

  private final ServerCallStreamObserver<InferStreamResponse> call;
  private final CallLife life;

  private StreamSink(ServerCallStreamObserver<InferStreamResponse> call, CallLife life) {
    this.call = call;
    this.life = life;
  }

  static StreamSink on(ServerCallStreamObserver<InferStreamResponse> call) {
    return new StreamSink(call, CallLife.of(call));
  }

  @Override
  public boolean ready() {
    return call.isReady();
  }

  @Override
  public void opened(Reply reply) {
    life.opened(reply);
  }

  @Override
  public void accepted() {
    call.onNext(StreamMessages.accepted(life.ticket()));
  }

  @Override
  public void started(int attempt, Started started) {
    call.onNext(StreamMessages.started(attempt, started));
  }

  @Override
  public void chunk(Chunk chunk) {
    call.onNext(StreamMessages.chunk(chunk));
  }

  @Override
  public void finished(Finished finished) {
    call.onNext(StreamMessages.finished(finished));
    call.onCompleted();
  }

  @Override
  public void failed(Failure failure) {
    call.onError(Refusals.of(failure, life.ticket().request()));
  }
}
