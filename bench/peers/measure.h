// CPU time of the process and its peak memory, as JSON on standard output.
#pragma once
#include <cstdint>
#include <cstdio>
#include <sys/resource.h>

class Stopwatch
{
  public:
    void Start()
    {
        m_start = Cpu();
    }

    void Report(uint64_t operations) const
    {
        rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        std::printf("{\"operations\":%llu,\"cpuSeconds\":%.6f,\"peakMiB\":%.1f}\n",
                    static_cast<unsigned long long>(operations),
                    Cpu() - m_start,
                    usage.ru_maxrss / 1024.0);
    }

  private:
    static double Cpu()
    {
        rusage usage;
        getrusage(RUSAGE_SELF, &usage);
        return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
    }

    double m_start = 0;
};
