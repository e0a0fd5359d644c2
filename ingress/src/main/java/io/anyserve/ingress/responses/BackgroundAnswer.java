package io.anyserve.ingress.responses;

import io.anyserve.contracts.FailureException;
import io.anyserve.ingress.responses.AnswerOutcome.Broken;
import io.anyserve.ingress.responses.AnswerOutcome.ClientLeft;
import io.anyserve.ingress.responses.AnswerOutcome.Ended;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the answer of a response that goes on without its client, and notes its end. Where this
 * ingress stops before that, whoever asks for the response notes it.
 */
final class BackgroundAnswer implements AnswerListener, Runnable {

  private static final Logger log = LoggerFactory.getLogger(BackgroundAnswer.class);

  private final AnswerExchange exchange;
  private final ResponseRecorder recorder;
  private final Duration wait;
  private final PendingAnswer<StoredResponse> begun = new PendingAnswer<>();
  private @Nullable StoredResponse stored;

  /**
   * @param wait until the deadline of its request
   */
  BackgroundAnswer(AnswerExchange exchange, ResponseRecorder recorder, Duration wait) {
    this.exchange = exchange;
    this.recorder = recorder;
    this.wait = wait;
  }

  /** For another thread than the one that runs it: the response, once it is kept. */
  StoredResponse awaitBegun() throws InterruptedException {
    return begun.await();
  }

  @Override
  public void accepted() throws InterruptedException {
    StoredResponse kept = recorder.begin(exchange.sink().handle(), wait);
    stored = kept;
    begun.onNext(kept);
  }

  @Override
  public boolean silence() {
    return true;
  }

  @Override
  public void run() {
    try {
      note(exchange.run(this));
    } catch (FailureException e) {
      stop(e);
    } catch (InterruptedException | RuntimeException e) {
      log.error("A response in the background is cancelled", e);
      stop(e instanceof RuntimeException failure ? failure : new IllegalStateException(e));
    }
  }

  private void stop(RuntimeException why) {
    exchange.sink().cancel();
    begun.fail(why);
  }

  private void note(AnswerOutcome outcome) throws InterruptedException {
    switch (outcome) {
      case Ended(var terminal, var output) -> {
        if (stored != null) {
          StoredResponse _ = recorder.end(stored, ResponseEnd.of(terminal, output));
        }
      }
      case Broken(var failure) -> begun.fail(new FailureException(failure, null));
      case ClientLeft() -> {}
    }
  }
}
