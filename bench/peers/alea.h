// Johannes Baagøe's Alea as in seedrandom's alea: the same numbers from the same seed, so that no side pays more for
// its random draws.
#pragma once
#include <cstdint>
#include <string>

class Alea
{
  public:
    explicit Alea(const std::string& seed)
    {
        m_s0 = Mash(" ");
        m_s1 = Mash(" ");
        m_s2 = Mash(" ");
        Mix(m_s0, seed);
        Mix(m_s1, seed);
        Mix(m_s2, seed);
    }

    double Next()
    {
        const double t = 2091639 * m_s0 + m_c * 2.3283064365386963e-10;
        m_s0 = m_s1;
        m_s1 = m_s2;
        m_c = static_cast<int32_t>(t);
        m_s2 = t - m_c;
        return m_s2;
    }

  private:
    void Mix(double& s, const std::string& seed)
    {
        s -= Mash(seed);
        if (s < 0)
        {
            s += 1;
        }
    }

    double Mash(const std::string& data)
    {
        for (unsigned char c : data)
        {
            m_n += c;
            double h = 0.02519603282416938 * m_n;
            m_n = static_cast<uint32_t>(static_cast<uint64_t>(h));
            h -= m_n;
            h *= m_n;
            m_n = static_cast<uint32_t>(static_cast<uint64_t>(h));
            h -= m_n;
            m_n += h * 4294967296.0;
        }
        return static_cast<uint32_t>(static_cast<uint64_t>(m_n)) * 2.3283064365386963e-10;
    }

    double m_n = 0xefc8249d;
    double m_s0, m_s1, m_s2;
    double m_c = 1;
};
