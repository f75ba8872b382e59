#pragma once

#include "server/service/tasks/alarms.hpp"

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

/// Arming the alarms of tasks that are filed, so that filing does not feel it.
namespace sponsio::service {

/// Remembers which buckets have their alarms and when those go off. A batch of tasks whose buckets are known
/// costs a look into memory. Used by one filing writer.
class FilingAlarms {
  public:
    explicit FilingAlarms(AlarmBook book) : book_(book) {}

    /// One transaction's tasks.
    class Round {
      public:
        void add(OrganisationId unit, std::string const& region, Instant due_at, TaskId task);

      private:
        friend class FilingAlarms;

        struct Bucket {
            std::string region;
            TaskId first;
        };

        std::map<std::pair<OrganisationId, Instant>, Bucket> buckets_;
        bool asked_ = false;  ///< the last statement asks for the times of new buckets
    };

    /// Adds what the round's transaction must say of its buckets, as its last statements; mostly nothing.
    void arm(db::Pipeline& statements, Round& round, Instant now) const;
    /// After the commit, with the answers to all statements of that pipeline.
    void committed(Round const& round, std::span<db::Rows const> answers, Instant now);

  private:
    struct Alarm {
        Instant run_at;
        domain::AlarmAction action;
    };

    AlarmBook book_;
    /// Of buckets that are not over yet.
    std::map<std::pair<OrganisationId, Instant>, std::vector<Alarm>> known_;
};

}  // namespace sponsio::service
