package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.reply.Reply;
import io.anyserve.ingress.reply.ReplySink;
import io.grpc.stub.ServerCallStreamObserver;

/** Streams an answer to a gRPC caller as it comes. */
final class StreamSink<R> implements ReplySink {

  private final ServerCallStreamObserver<R> call;
  private final Envelope<R> envelope;
  private final CallLife life;

  private StreamSink(ServerCallStreamObserver<R> call, Envelope<R> envelope, CallLife life) {
    this.call = call;
    this.envelope = envelope;
    this.life = life;
  }

  static <R> StreamSink<R> on(ServerCallStreamObserver<R> call, Envelope<R> envelope) {
    return new StreamSink<>(call, envelope, CallLife.of(call));
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
    life.accepted();
    call.onNext(envelope.accepted(StreamMessages.accepted(life.ticket())));
  }

  @Override
  public void started(int attempt, Started started) {
    call.onNext(envelope.started(StreamMessages.started(attempt, started)));
  }

  @Override
  public void chunk(Chunk chunk) {
    call.onNext(envelope.chunk(StreamMessages.chunk(chunk)));
  }

  @Override
  public void finished(Finished finished) {
    call.onNext(envelope.finished(StreamMessages.finished(finished)));
    call.onCompleted();
  }

  @Override
  public void failed(Failure failure) {
    call.onError(Refusals.of(failure, life.ticket().request()));
  }
}
