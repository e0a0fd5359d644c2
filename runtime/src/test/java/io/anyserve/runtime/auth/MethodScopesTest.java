package io.anyserve.runtime.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.anyserve.contracts.key.KeyScope;
import io.anyserve.v1.CapabilityServiceGrpc;
import io.anyserve.v1.ConversationServiceGrpc;
import io.anyserve.v1.InferenceServiceGrpc;
import io.anyserve.v1.KeyServiceGrpc;
import io.anyserve.v1.ObjectServiceGrpc;
import io.anyserve.v1.RouterServiceGrpc;
import io.anyserve.v1.UsageServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.ServiceDescriptor;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The table of scopes against the services that callers can reach. */
final class MethodScopesTest {

  private static final List<ServiceDescriptor> FOR_CALLERS =
      List.of(
          InferenceServiceGrpc.getServiceDescriptor(),
          ObjectServiceGrpc.getServiceDescriptor(),
          CapabilityServiceGrpc.getServiceDescriptor(),
          ConversationServiceGrpc.getServiceDescriptor(),
          UsageServiceGrpc.getServiceDescriptor(),
          KeyServiceGrpc.getServiceDescriptor());

  @Test
  void everyMethodForCallersHasAScope() {
    List<String> closed =
        FOR_CALLERS.stream()
            .flatMap(service -> service.getMethods().stream())
            .map(MethodDescriptor::getFullMethodName)
            .filter(method -> MethodScopes.of(method).isEmpty())
            .toList();

    assertEquals(List.of(), closed);
  }

  @Test
  void keysAreForAdminsAlone() {
    for (MethodDescriptor<?, ?> method : KeyServiceGrpc.getServiceDescriptor().getMethods()) {
      assertEquals(Optional.of(KeyScope.ADMIN), MethodScopes.of(method.getFullMethodName()));
    }
  }

  @Test
  void allOtherMethodsAreClosed() {
    for (MethodDescriptor<?, ?> method : RouterServiceGrpc.getServiceDescriptor().getMethods()) {
      assertTrue(MethodScopes.of(method.getFullMethodName()).isEmpty());
    }
    assertTrue(MethodScopes.of("InferenceService/Infer").isEmpty());
    assertTrue(MethodScopes.of("anyserve.v1.InferenceService/Other").isEmpty());
  }
}
