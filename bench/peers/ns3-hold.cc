// Hold model on ns-3: each event schedules another one at now + Exp(1) s; a constant number is pending.
// Usage: ns3-hold SCHEDULER PENDING EVENTS. Prints events, CPU seconds of their execution and peak memory as JSON.
#include "alea.h"
#include "measure.h"

#include "ns3/core-module.h"

#include <cmath>

using namespace ns3;

static Alea g_random("hold");
static uint64_t g_left;
static Stopwatch g_watch;

static Time
Draw()
{
    // An integer of nanoseconds spares ns-3 the 128-bit arithmetic of Seconds(double).
    return NanoSeconds(static_cast<int64_t>(-std::log(1 - g_random.Next()) * 1e9));
}

static void
Fire()
{
    if (--g_left == 0)
    {
        Simulator::Stop();
    }
    Simulator::Schedule(Draw(), &Fire);
}

static void
RunFor(uint64_t events)
{
    g_left = events;
    Simulator::Run();
}

int
main(int, char* argv[])
{
    Simulator::SetScheduler(ObjectFactory(std::string("ns3::") + argv[1]));
    const uint64_t pending = std::stoull(argv[2]);
    const uint64_t events = std::stoull(argv[3]);
    for (uint64_t i = 0; i < pending; i++)
    {
        Simulator::Schedule(Draw(), &Fire);
    }
    RunFor(2 * pending);
    g_watch.Start();
    RunFor(events);
    g_watch.Report(events);
}
