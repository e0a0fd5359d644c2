package io.anyserve.ingress.grpc;

import io.anyserve.contracts.FailureCode;
import io.anyserve.contracts.FailureException;
import io.anyserve.contracts.TenantId;
import io.anyserve.contracts.codec.KeyCodec;
import io.anyserve.contracts.key.KeyGrant;
import io.anyserve.contracts.key.StoredKey;
import io.anyserve.ingress.quota.KeyQuotas;
import io.anyserve.quota.Period;
import io.anyserve.quota.QuotaLimit;
import io.anyserve.quota.QuotaUnit;
import io.anyserve.runtime.auth.IssuedKey;
import io.anyserve.runtime.auth.KeyTopic;
import io.anyserve.runtime.auth.NewKey;
import io.anyserve.v1.CreateKeyRequest;
import io.anyserve.v1.CreateKeyResponse;
import io.anyserve.v1.DeleteKeyRequest;
import io.anyserve.v1.DeleteKeyResponse;
import io.anyserve.v1.DisableKeyRequest;
import io.anyserve.v1.DisableKeyResponse;
import io.anyserve.v1.EnableKeyRequest;
import io.anyserve.v1.EnableKeyResponse;
import io.anyserve.v1.KeyServiceGrpc.KeyServiceImplBase;
import io.anyserve.v1.ListKeysRequest;
import io.anyserve.v1.ListKeysResponse;
import io.anyserve.v1.RotateKeyRequest;
import io.anyserve.v1.RotateKeyResponse;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Manages API keys in the log, on virtual threads; the interceptor lets admins in alone. */
public final class KeyService extends KeyServiceImplBase {

  private static final Logger log = LoggerFactory.getLogger(KeyService.class);

  private final KeyTopic topic;
  private final KeyQuotas quotas;

  public KeyService(KeyTopic topic, KeyQuotas quotas) {
    this.topic = topic;
    this.quotas = quotas;
  }

  private interface Answer<R> {
    R get() throws InterruptedException;
  }

  @Override
  public void createKey(CreateKeyRequest request, StreamObserver<CreateKeyResponse> observer) {
    List<QuotaLimit> limits = limits(request);
    NewKey wanted = wanted(request);
    answer(
        observer,
        () -> {
          IssuedKey issued = topic.create(wanted);
          quotas.limit(issued.key(), limits);
          return CreateKeyResponse.newBuilder()
              .setKey(KeyCodec.describe(issued.key()))
              .setSecret(issued.secret().text())
              .build();
        });
  }

  private static NewKey wanted(CreateKeyRequest request) {
    var scopes =
        request.getScopesCount() == 0
            ? KeyGrant.USUAL_SCOPES
            : KeyCodec.scopes(request.getScopesList());
    return new NewKey(
        new KeyGrant(new TenantId(request.getTenant()), request.getName(), scopes),
        KeyCodec.expiry(request.getExpiresAt()),
        KeyCodec.concurrency(request.getConcurrency()));
  }

  private static List<QuotaLimit> limits(CreateKeyRequest request) {
    List<QuotaLimit> limits = new ArrayList<>();
    if (request.hasRequestsPerMinute()) {
      limits.add(new QuotaLimit(QuotaUnit.REQUESTS, Period.MINUTE, request.getRequestsPerMinute()));
    }
    if (request.hasTokensPerMinute()) {
      limits.add(new QuotaLimit(QuotaUnit.TOKENS, Period.MINUTE, request.getTokensPerMinute()));
    }
    return limits;
  }

  @Override
  public void listKeys(ListKeysRequest request, StreamObserver<ListKeysResponse> observer) {
    answer(
        observer,
        () -> {
          var response = ListKeysResponse.newBuilder();
          topic.list(e -> log.warn("Skipped an unreadable API key: {}", e.getMessage())).stream()
              .filter(key -> isOf(request.getTenant(), key))
              .forEach(key -> response.addKeys(KeyCodec.describe(key)));
          return response.build();
        });
  }

  private static boolean isOf(String tenant, StoredKey key) {
    return tenant.isEmpty() || key.grant().tenant().value().equals(tenant);
  }

  @Override
  public void disableKey(DisableKeyRequest request, StreamObserver<DisableKeyResponse> observer) {
    answer(
        observer,
        () ->
            DisableKeyResponse.newBuilder()
                .setKey(KeyCodec.describe(topic.enable(request.getId(), false)))
                .build());
  }

  @Override
  public void enableKey(EnableKeyRequest request, StreamObserver<EnableKeyResponse> observer) {
    answer(
        observer,
        () ->
            EnableKeyResponse.newBuilder()
                .setKey(KeyCodec.describe(topic.enable(request.getId(), true)))
                .build());
  }

  @Override
  public void rotateKey(RotateKeyRequest request, StreamObserver<RotateKeyResponse> observer) {
    answer(
        observer,
        () -> {
          IssuedKey issued = topic.rotate(request.getId(), Duration.ofMillis(request.getOverlap()));
          return RotateKeyResponse.newBuilder()
              .setKey(KeyCodec.describe(issued.key()))
              .setSecret(issued.secret().text())
              .build();
        });
  }

  @Override
  public void deleteKey(DeleteKeyRequest request, StreamObserver<DeleteKeyResponse> observer) {
    answer(
        observer,
        () -> {
          quotas.remove(topic.delete(request.getId(), request.getForce()));
          return DeleteKeyResponse.getDefaultInstance();
        });
  }

  private static <R> void answer(StreamObserver<R> observer, Answer<R> answer) {
    Thread.ofVirtual()
        .name("key-service")
        .start(
            () -> {
              try {
                observer.onNext(answer.get());
                observer.onCompleted();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                observer.onError(GrpcErrors.of(e));
              } catch (KafkaException e) {
                observer.onError(GrpcErrors.of(unavailable(e)));
              } catch (RuntimeException | Error e) {
                observer.onError(GrpcErrors.of(e));
              }
            });
  }

  private static FailureException unavailable(KafkaException e) {
    return new FailureException(FailureCode.BROKER_UNAVAILABLE, "keys: " + e.getMessage(), e);
  }
}
