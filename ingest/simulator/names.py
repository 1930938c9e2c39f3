"""Names of people and customers, in Chinese and English; all of them are made up."""

from dataclasses import dataclass

from faker import Faker

from ingest.simulator.places import Place

_SURNAMES_TEXT = """
王 Wang, 李 Li, 张 Zhang, 刘 Liu, 陈 Chen, 杨 Yang, 黄 Huang, 吴 Wu, 赵 Zhao, 周 Zhou, 徐 Xu, 孙 Sun,
马 Ma, 朱 Zhu, 胡 Hu, 林 Lin, 郭 Guo, 何 He, 高 Gao, 罗 Luo, 郑 Zheng, 梁 Liang, 谢 Xie, 宋 Song,
唐 Tang, 许 Xu, 邓 Deng, 冯 Feng, 韩 Han, 曹 Cao, 彭 Peng, 蔡 Cai, 潘 Pan, 田 Tian, 董 Dong, 袁 Yuan,
叶 Ye, 蒋 Jiang, 杜 Du, 苏 Su, 魏 Wei, 程 Cheng, 丁 Ding, 沈 Shen, 任 Ren, 姚 Yao, 卢 Lu, 钟 Zhong,
姜 Jiang, 崔 Cui, 谭 Tan, 廖 Liao, 范 Fan, 汪 Wang, 陆 Lu, 金 Jin, 石 Shi, 戴 Dai, 夏 Xia, 邱 Qiu,
方 Fang, 侯 Hou, 邹 Zou
"""
_SURNAMES = tuple(tuple(pair.split()) for pair in _SURNAMES_TEXT.split(","))


@dataclass(frozen=True)
class Industry:
    """A kind of customer: what it is called and which segment it belongs to."""

    id: str
    segment: str
    name: str
    name_en: str


INDUSTRIES = (
    Industry("government", "public", "市政集团", "Municipal Group"),
    Industry("education", "public", "学院", "College"),
    Industry("healthcare", "public", "医院", "Hospital"),
    Industry("transport", "public", "轨道交通", "Transit"),
    Industry("energy", "enterprise", "能源", "Energy"),
    Industry("manufacturing", "enterprise", "制造", "Manufacturing"),
    Industry("finance", "enterprise", "银行", "Bank"),
    Industry("property", "commercial", "物业", "Properties"),
    Industry("retail", "commercial", "百货", "Stores"),
    Industry("logistics", "commercial", "物流", "Logistics"),
)
PARTNERS = (
    Industry("distribution", "channel", "安防经销", "Security Supply"),
    Industry("integration", "channel", "系统集成", "Systems"),
)


class Names:
    """A seeded source of names: the same seed gives the same names in the same order."""

    def __init__(self, seed: int) -> None:
        self._zh, self._en = Faker("zh_CN"), Faker("en_US")
        self._zh.seed_instance(seed)
        self._en.seed_instance(seed)

    def person(self) -> tuple[str, str]:
        """As "沈建华", "Sarah Shen"."""
        surname, pinyin = self._zh.random_element(_SURNAMES)
        return f"{surname}{self._zh.first_name()}", f"{self._en.first_name()} {pinyin}"

    def customer(self, city: Place, industry: Industry) -> tuple[str, str]:
        """As "杭州志强医院", "Hangzhou Pierce Hospital"."""
        return (
            f"{city.name}{self._zh.first_name()}{industry.name}",
            f"{city.name_en} {self._en.last_name()} {industry.name_en}",
        )
