package io.anyserve.runtime.kafka;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;

/** Gives rights to those who log in to Kafka. */
public record AclAdmin(Admin admin) {

  /**
   * Gives what is missing and returns it; leaves all other rights as they are. Throws a
   * KafkaException where the broker has no authoriser, or this user may not change its rights.
   */
  public List<AclBinding> create(List<AclBinding> wanted) throws InterruptedException {
    try {
      Set<AclBinding> existing =
          new HashSet<>(admin.describeAcls(AclBindingFilter.ANY).values().get());
      List<AclBinding> missing =
          wanted.stream().filter(right -> !existing.contains(right)).distinct().toList();
      admin.createAcls(missing).all().get();
      return missing;
    } catch (ExecutionException e) {
      throw new KafkaException("rights cannot be given", e.getCause());
    }
  }
}
