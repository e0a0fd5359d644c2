package io.anyserve.ingress.grpc;

import io.anyserve.v1.InferStreamResponse;
import io.anyserve.v1.ResumeResponse;
import io.anyserve.v1.StreamAccepted;
import io.anyserve.v1.StreamChunk;
import io.anyserve.v1.StreamFinished;
import io.anyserve.v1.StreamStarted;

/** Puts the messages of a stream into the response type of a call. */
interface ResponseWrapper<R> {

  ResponseWrapper<InferStreamResponse> INFER_STREAM = new OfInferStream();
  ResponseWrapper<ResumeResponse> RESUME = new OfResume();

  R accepted(StreamAccepted accepted);

  R started(StreamStarted started);

  R chunk(StreamChunk chunk);

  R finished(StreamFinished finished);

  /** Of a new stream. */
  final class OfInferStream implements ResponseWrapper<InferStreamResponse> {

    @Override
    public InferStreamResponse accepted(StreamAccepted accepted) {
      return InferStreamResponse.newBuilder().setAccepted(accepted).build();
    }

    @Override
    public InferStreamResponse started(StreamStarted started) {
      return InferStreamResponse.newBuilder().setStarted(started).build();
    }

    @Override
    public InferStreamResponse chunk(StreamChunk chunk) {
      return InferStreamResponse.newBuilder().setChunk(chunk).build();
    }

    @Override
    public InferStreamResponse finished(StreamFinished finished) {
      return InferStreamResponse.newBuilder().setFinished(finished).build();
    }
  }

  /** Of a resumed stream. */
  final class OfResume implements ResponseWrapper<ResumeResponse> {

    @Override
    public ResumeResponse accepted(StreamAccepted accepted) {
      return ResumeResponse.newBuilder().setAccepted(accepted).build();
    }

    @Override
    public ResumeResponse started(StreamStarted started) {
      return ResumeResponse.newBuilder().setStarted(started).build();
    }

    @Override
    public ResumeResponse chunk(StreamChunk chunk) {
      return ResumeResponse.newBuilder().setChunk(chunk).build();
    }

    @Override
    public ResumeResponse finished(StreamFinished finished) {
      return ResumeResponse.newBuilder().setFinished(finished).build();
    }
  }
}
