package io.anyserve.ingress.grpc;

import io.anyserve.contracts.Failure;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.v1.StreamEvent;
import io.grpc.stub.ServerCallStreamObserver;

/** Streams an answer to a gRPC caller as it comes. */
final class StreamingResponseSink implements ResponseSink {

  private final ServerCallStreamObserver<StreamEvent> call;
  private final CallLifecycle life;

  private StreamingResponseSink(ServerCallStreamObserver<StreamEvent> call, CallLifecycle life) {
    this.call = call;
    this.life = life;
  }

  static StreamingResponseSink on(ServerCallStreamObserver<StreamEvent> call) {
    return new StreamingResponseSink(call, CallLifecycle.of(call));
  }

  @Override
  public boolean ready() {
    return call.isReady();
  }

  @Override
  public void opened(ResponseStream stream) {
    life.opened(stream);
  }

  @Override
  public void accepted() {
    life.accepted();
    call.onNext(StreamEventMapper.accepted(life.handle()));
  }

  @Override
  public void started(int attempt, Started started) {
    call.onNext(StreamEventMapper.started(attempt, started));
  }

  @Override
  public void chunk(Chunk chunk) {
    call.onNext(StreamEventMapper.chunk(chunk, life.stream().resumeToken()));
  }

  @Override
  public void finished(Finished finished) {
    call.onNext(StreamEventMapper.finished(finished));
    call.onCompleted();
  }

  @Override
  public void failed(Failure failure) {
    call.onError(GrpcErrors.of(failure, life.handle().request()));
  }
}
