package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.grpc.stub.ServerCallStreamObserver;

/** Streams an answer to a gRPC caller as it comes. */
final class StreamingResponseSink<R> implements ResponseSink {

  private final ServerCallStreamObserver<R> call;
  private final ResponseWrapper<R> envelope;
  private final CallLifecycle life;

  private StreamingResponseSink(
      ServerCallStreamObserver<R> call, ResponseWrapper<R> envelope, CallLifecycle life) {
    this.call = call;
    this.envelope = envelope;
    this.life = life;
  }

  static <R> StreamingResponseSink<R> on(
      ServerCallStreamObserver<R> call, ResponseWrapper<R> envelope) {
    return new StreamingResponseSink<>(call, envelope, CallLifecycle.of(call));
  }

  @Override
  public boolean ready() {
    return call.isReady();
  }

  @Override
  public void opened(ResponseStream reply) {
    life.opened(reply);
  }

  @Override
  public void accepted() {
    life.accepted();
    call.onNext(envelope.accepted(StreamMessageMapper.accepted(life.handle())));
  }

  @Override
  public void started(int attempt, Started started) {
    call.onNext(envelope.started(StreamMessageMapper.started(attempt, started)));
  }

  @Override
  public void chunk(Chunk chunk) {
    call.onNext(envelope.chunk(StreamMessageMapper.chunk(chunk)));
  }

  @Override
  public void finished(Finished finished) {
    call.onNext(envelope.finished(StreamMessageMapper.finished(finished)));
    call.onCompleted();
  }

  @Override
  public void failed(Failure failure) {
    call.onError(GrpcErrors.of(failure, life.handle().request()));
  }
}
