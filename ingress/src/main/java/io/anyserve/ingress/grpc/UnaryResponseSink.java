package io.anyserve.ingress.grpc;

import io.anyserve.contracts.CancelReason;
import io.anyserve.contracts.Failure;
import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.Payload;
import io.anyserve.contracts.codec.ChatCodec;
import io.anyserve.contracts.codec.LogprobsCodec;
import io.anyserve.contracts.codec.PayloadCodec;
import io.anyserve.contracts.codec.TokenCodec;
import io.anyserve.contracts.event.TokenEvent.Chunk;
import io.anyserve.contracts.event.TokenEvent.Finished;
import io.anyserve.contracts.event.TokenEvent.Started;
import io.anyserve.ingress.admission.InputOffloader;
import io.anyserve.ingress.response.ResponseSink;
import io.anyserve.ingress.response.ResponseStream;
import io.anyserve.v1.InferResponse;
import io.grpc.stub.ServerCallStreamObserver;

/** Answers a gRPC caller once, with the whole; a large answer as a reference. */
final class UnaryResponseSink implements ResponseSink {

  private static final long MAX_BYTES = 16 << 20;

  private final ServerCallStreamObserver<InferResponse> call;
  private final InputOffloader payloads;
  private final CallLifecycle life;
  private final ResponseAssembler answer = new ResponseAssembler();
  private final InferResponse.Builder response = InferResponse.newBuilder();

  private UnaryResponseSink(
      ServerCallStreamObserver<InferResponse> call, InputOffloader payloads, CallLifecycle life) {
    this.call = call;
    this.payloads = payloads;
    this.life = life;
  }

  /** Above the threshold of {@code payloads} the answer is stored. */
  static UnaryResponseSink on(
      ServerCallStreamObserver<InferResponse> call, InputOffloader payloads) {
    return new UnaryResponseSink(call, payloads, CallLifecycle.of(call));
  }

  @Override
  public boolean ready() {
    return true;
  }

  @Override
  public void opened(ResponseStream stream) {
    life.opened(stream);
  }

  @Override
  public void accepted() {
    life.accepted();
  }

  @Override
  public void started(int attempt, Started started) {
    response
        .setCapability(started.capability().value())
        .setModel(started.model())
        .setDelegated(started.delegated());
  }

  @Override
  public void chunk(Chunk chunk) {
    answer.add(chunk);
    if (answer.bytes() > MAX_BYTES) {
      life.stream().cancel(CancelReason.CLIENT_GONE);
      failed(
          new Failure(
              FailureCode.TOO_LARGE,
              "answer: more than " + MAX_BYTES + " bytes (expected: a call of InferStream)"));
    }
  }

  @Override
  public void finished(Finished finished) {
    response
        .setRequestId(life.handle().request().toString())
        .setSession(life.handle().session().value())
        .setFinishReason(StreamEventMapper.reason(finished.reason()))
        .setUsage(TokenCodec.write(finished.usage()))
        .addAllLogprobs(LogprobsCodec.write(answer.logprobs()))
        .setReasoning(answer.reasoning());
    answer.toolCalls().forEach(called -> response.addToolCalls(ChatCodec.write(called)));
    try {
      Payload whole = answer.whole();
      if (payloads.isInline(whole)) {
        respond(whole);
      } else {
        Thread.ofVirtual().name("store-answer").start(() -> store(whole));
      }
    } catch (RuntimeException | Error e) {
      call.onError(GrpcErrors.of(e));
    }
  }

  private void store(Payload whole) {
    try {
      respond(payloads.offload(life.stream().tenant(), whole));
    } catch (RuntimeException | Error e) {
      call.onError(GrpcErrors.of(e));
    }
  }

  private void respond(Payload output) {
    call.onNext(response.setOutput(PayloadCodec.write(output)).build());
    call.onCompleted();
  }

  @Override
  public void failed(Failure failure) {
    call.onError(GrpcErrors.of(failure, life.handle().request()));
  }
}
