package io.anyserve.ingress.http;

import io.anyserve.contracts.event.WorkerHeartbeat;
import io.anyserve.ingress.openai.ApiError;
import io.anyserve.ingress.openai.ApiException;
import io.anyserve.ingress.openai.ApiJson;
import io.anyserve.ingress.openai.ModelInfo;
import io.javalin.http.Context;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** The models that live workers offer. Thread-safe. */
public final class ModelsHandler {

  private static final String JSON = "application/json";

  private final Supplier<List<WorkerHeartbeat>> workers;

  /**
   * @param workers those that take work now
   */
  public ModelsHandler(Supplier<List<WorkerHeartbeat>> workers) {
    this.workers = workers;
  }

  void list(Context http) {
    http.contentType(JSON).result(ApiJson.models(ModelInfo.of(workers.get())));
  }

  /** The id may have slashes. */
  void find(Context http) {
    String id = http.pathParam("id");
    ModelInfo model = find(id).orElseThrow(() -> new ApiException(ApiError.unknownModel(id)));
    http.contentType(JSON).result(ApiJson.model(model));
  }

  /** Empty where no worker offers it. */
  public Optional<ModelInfo> find(String id) {
    return ModelInfo.of(workers.get()).stream()
        .filter(offered -> offered.id().equals(id))
        .findFirst();
  }
}
