package io.anyserve.ingress.chat;

import io.anyserve.contracts.RequestId;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.ingress.admission.Admission;
import io.anyserve.ingress.grpc.ConversationClient;
import io.anyserve.ingress.http.RouteGroup;
import io.anyserve.ingress.prices.PriceBooks;
import io.anyserve.ingress.quota.TokenEstimator;
import io.anyserve.ingress.response.ResponseStreams;
import io.anyserve.runtime.auth.ApiKeys;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** The parts of the chat, wired. */
public final class Chat {

  private Chat() {}

  /**
   * What requests pass through, and what ends them.
   *
   * @param stop tells the workers to stop a request
   */
  public record Requests(
      Admission admission,
      ResponseStreams streams,
      Consumer<RequestId> stop,
      Cancellation cancellation) {}

  /** Stops a tenant's request, wherever it runs. */
  public interface Cancellation {

    /** Fails with a FailureException, REQUEST_NOT_FOUND where the tenant has none in flight. */
    CompletableFuture<Void> cancel(RequestId request, TenantId tenant);
  }

  /**
   * What prompts are measured by.
   *
   * @param workers those that take work now
   */
  public record Models(Supplier<List<WorkerHeartbeat>> workers, TokenEstimator estimate) {}

  /**
   * Time for all of them.
   *
   * @param longest that a client may follow an answer
   * @param adding how long an answer is added to its conversation again while the router does not
   *     say whether it was: longer than a broker and then a router take to be replaced
   * @param nanos for what passes here
   */
  public record Clocks(Duration longest, Duration adding, InstantSource wall, LongSupplier nanos) {}

  /** Its paths. */
  public static RouteGroup routes(
      ConversationClient conversations,
      Requests requests,
      Models models,
      PriceBooks prices,
      ApiKeys keys,
      Clocks clocks) {
    var answers =
        new ChatAnswers(
            conversations,
            requests.admission(),
            requests.streams(),
            requests.stop(),
            prices,
            new ChatAnswers.Times(clocks.adding(), clocks.wall()));
    var running = new RunningAnswers(answers);
    var prompts = new PromptBuilder(conversations, running, models.workers(), models.estimate());
    var commands =
        new ChatCommandHandler(
            conversations,
            answers,
            prompts,
            requests.streams(),
            requests.cancellation(),
            new ChatCommandHandler.Timing(clocks.longest(), clocks.wall()));
    return new ChatRoutes(
        new SessionsHandler(conversations, running, requests.stop()),
        commands,
        new SocketUpgrade(keys),
        clocks.nanos());
  }
}
